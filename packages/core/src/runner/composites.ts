import { judgeComposite, type OperandAlert, type Operands, refsOf } from '../alerting/composite.ts'
import { conditionRefs } from '../alerting/condition.ts'
import type { AlertPolicy } from '../alerting/reducer.ts'
import { subjectOf } from '../alerting/subject.ts'
import type { Composite } from '../config/composite.ts'
import type { Monitor } from '../config/monitor.ts'
import type { AlertRecord, AlertSubject } from '../model/alert.ts'
import type { Resource } from '../model/resource.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import { ruleOptions } from '../plugin/rule-options.ts'
import type { Store } from '../store/store.ts'
import type { AlertBook } from './alert-book.ts'
import { followClock } from './follow-clock.ts'
import { policyOf } from './judge.ts'

/** The rule of the alerts that a composite makes. */
const compositeRule = (name: string): string => `composite.${name}`

/** The alerts of a monitor that are made of others. */
export interface Composites {
  /**
   * Judges all of them by the alerts as they are now, each after those it is made of.
   *
   * @param wasRead whether the source of a rule of this monitor answered: what its rules do not name is not there, and so is off.
   */
  judge(book: AlertBook, now: number, wasRead: (rule: string) => boolean): Promise<void>
  /** Whether a rule is that of a composite of this monitor. */
  has(rule: string): boolean
}

interface Made {
  readonly composite: Composite
  readonly rule: WatchedRule
  readonly refs: readonly string[]
  readonly policy: AlertPolicy
}

export function openComposites(monitor: Monitor, store: Store): Composites {
  const all = inOrder(monitor.composites).map(([name, composite]): Made => {
    const rule = ruleOf(name, composite)
    return { composite, rule, refs: conditionRefs(composite.when), policy: { ...policyOf(rule, monitor.staleAfter), levels: [composite.level] } }
  })
  const others = [...new Set(all.flatMap(({ refs }) => refs.map(monitorOf)))].filter((name) => name !== monitor.name)

  const judgeOne = (book: AlertBook, { composite, policy }: Made, subject: AlertSubject, operands: Operands, now: number): void => {
    const { judgement } = judgeComposite(composite.when, composite.level, operands, now)
    followClock(book.apply(subject, { type: 'present' }, policy), book, subject, policy, now)
    book.apply(subject, composite.paused ? { type: 'paused' } : judgement === undefined ? { type: 'sourceFailed' } : { type: 'judged', judgement }, policy)
  }

  return {
    has: (rule) => all.some((made) => made.rule.name === rule),
    async judge(book, now, wasRead) {
      if (all.length === 0) return
      const { elsewhere, evaluated } = await lookAround(store, others)
      // Alerts at rest have no row, and what is gone has none: a name that leads to nothing is off, if somebody looked.
      const isOff = (ref: string): boolean => {
        const [named = '', rule = ''] = ref.split('/')
        return named === monitor.name ? wasRead(rule) || all.some((made) => made.rule.name === rule) : evaluated.has(named)
      }
      for (const made of all) {
        const { composite, rule, refs } = made
        const named = [...namedBy(refs, [...book.all(), ...elsewhere])]
        if (composite.each === undefined) {
          judgeOne(book, made, subjectOf({ resource: madeUp(rule.name, rule.name.slice('composite.'.length)) }, rule, monitor), operandsOf(refs, named, isOff), now)
          continue
        }
        const groups = groupsOf(named, composite.each, rule.name)
        const present = new Set<string>()
        for (const { resource, alerts } of groups) {
          const subject = subjectOf({ resource }, rule, monitor)
          present.add(subject.fingerprint)
          judgeOne(book, made, subject, operandsOf(refs, alerts, isOff), now)
        }
        for (const { subject } of book.all()) {
          if (subject.rule === rule.name && !present.has(subject.fingerprint)) book.apply(subject, { type: 'absent', at: now }, made.policy)
        }
      }
    },
  }
}

interface Named {
  readonly record: AlertRecord
  readonly ref: string
}

/** The alerts that some reference names, each with the references that do. */
function* namedBy(refs: readonly string[], records: Iterable<AlertRecord>): Generator<Named> {
  const wanted = new Set(refs)
  for (const record of records) for (const ref of refsOf(record.subject)) if (wanted.has(ref)) yield { record, ref }
}

/** The alerts of other monitors, and which of these have ever evaluated anything. */
async function lookAround(store: Store, monitors: readonly string[]): Promise<{ readonly elsewhere: readonly AlertRecord[]; readonly evaluated: ReadonlySet<string> }> {
  if (monitors.length === 0) return { elsewhere: [], evaluated: new Set() }
  return store.transaction(async (tx) => {
    const elsewhere: AlertRecord[] = []
    const evaluated = new Set<string>()
    for (const name of monitors) {
      elsewhere.push(...(await tx.alerts.list(name)).map(({ value }) => value))
      if ((await tx.progress.get(name)) !== undefined) evaluated.add(name)
    }
    return { elsewhere, evaluated }
  })
}

const OFF: OperandAlert = { level: 'none', health: 'ok' }

function operandsOf(refs: readonly string[], named: readonly Named[], isOff: (ref: string) => boolean): Operands {
  const alerts = new Map<string, OperandAlert[]>(refs.map((ref) => [ref, []]))
  for (const { record, ref } of named) alerts.get(ref)?.push(record.state)
  return (ref) => {
    const found = alerts.get(ref) ?? []
    return found.length === 0 && isOff(ref) ? [OFF] : found
  }
}

interface Group {
  readonly resource: Resource
  readonly alerts: Named[]
}

/** Alerts by resource, or by the value of a label. Those that do not have the label belong to no group. */
function groupsOf(named: readonly Named[], each: string, rule: string): Iterable<Group> {
  const groups = new Map<string, Group>()
  for (const one of named) {
    const { resource, labels } = one.record.subject
    const key = each === 'resource' ? resource.id : (labels[each] ?? '')
    if (key === '') continue
    const group = groups.get(key) ?? { resource: each === 'resource' ? resource : madeUp(`${rule}/${key}`, key), alerts: [] }
    group.alerts.push(one)
    groups.set(key, group)
  }
  return groups.values()
}

const madeUp = (id: string, name: string): Resource => ({ id, type: 'composite', name, tags: {} })

const monitorOf = (ref: string): string => ref.split('/')[0] ?? ref

function ruleOf(name: string, { when: _when, level: _level, each: _each, ...options }: Composite): WatchedRule {
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
