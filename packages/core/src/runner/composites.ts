import { judgeComposite, type OperandAlert, refsOf } from '../alerting/composite.ts'
import { conditionRefs } from '../alerting/condition.ts'
import type { Composite } from '../config/composite.ts'
import type { Monitor } from '../config/monitor.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import { ruleOptions } from '../plugin/rule-options.ts'
import type { Store } from '../store/store.ts'
import type { AlertBook } from './alert-book.ts'
import { policyOf } from './judge.ts'
import { subjectOf } from './subject.ts'

/** The rule of the alert that a composite makes. */
const compositeRule = (name: string): string => `composite.${name}`

/** The alerts of a monitor that are made of others, in an order in which each comes after those it is made of. */
export interface Composites {
  /** Judges all of them by the alerts as they are now. */
  judge(book: AlertBook, now: number): Promise<void>
}

export function openComposites(monitor: Monitor, store: Store): Composites {
  const made = inOrder(monitor.composites).map(([name, composite]) => {
    const rule = ruleOf(name, composite)
    const resource = { id: `composite:${name}`, type: 'composite', name, tags: {} }
    return { composite, subject: subjectOf({ resource }, rule, monitor), policy: { ...policyOf(rule, Infinity), levels: [composite.level] } }
  })
  const refs = new Set(made.flatMap(({ composite }) => conditionRefs(composite.when)))
  const others = [...new Set([...refs].map(monitorOf))].filter((name) => name !== monitor.name)

  return {
    async judge(book, now) {
      if (made.length === 0) return
      const operands = new Map<string, OperandAlert[]>([...refs].map((ref) => [ref, []]))
      const add = ({ subject, state }: AlertRecord): void => {
        for (const ref of refsOf(subject)) operands.get(ref)?.push(state)
      }
      const own = new Set(made.map(({ subject }) => subject.fingerprint))
      for (const record of book.all()) if (!own.has(record.subject.fingerprint)) add(record)
      const elsewhere = others.length === 0 ? [] : await store.transaction((tx) => Promise.all(others.map((name) => tx.alerts.list(name))))
      for (const { value } of elsewhere.flat()) add(value)
      for (const { composite, subject, policy } of made) {
        const { judgement } = judgeComposite(composite.when, composite.level, (ref) => operands.get(ref) ?? [], now)
        const held = composite.paused ? ({ type: 'paused' } as const) : judgement === undefined ? ({ type: 'sourceFailed' } as const) : undefined
        book.apply(subject, { type: 'present' }, policy)
        book.apply(subject, held ?? { type: 'judged', judgement: judgement ?? { at: now, value: NaN, breaches: 'none', reason: '' } }, policy)
        const record = book.get(subject.fingerprint)
        if (record !== undefined) add(record)
      }
    },
  }
}

const monitorOf = (ref: string): string => ref.split('/')[0] ?? ref

function ruleOf(name: string, { when: _when, level: _level, ...options }: Composite): WatchedRule {
  return {
    name: compositeRule(name),
    metric: { name: 'condition', unit: 'count', worse: 'high', help: 'Whether the condition holds: 1 or 0' },
    evaluator: { evaluate: () => ({ judgements: [] }) },
    options: { ...ruleOptions.parse({}), ...options },
  }
}

/** Each after those it is made of; the configuration has been checked for circles. */
function inOrder(composites: Readonly<Record<string, Composite>>): (readonly [string, Composite])[] {
  const left = new Map(Object.entries(composites))
  const ordered: (readonly [string, Composite])[] = []
  const take = (name: string): void => {
    const composite = left.get(name)
    if (composite === undefined) return
    left.delete(name)
    for (const ref of conditionRefs(composite.when)) {
      const rule = ref.split('/')[1] ?? ''
      if (rule.startsWith('composite.')) take(rule.slice('composite.'.length))
    }
    ordered.push([name, composite])
  }
  for (const name of Object.keys(composites)) take(name)
  return ordered
}
