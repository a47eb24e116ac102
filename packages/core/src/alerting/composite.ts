import type { AlertSubject, Health } from '../model/alert.ts'
import type { Judgement } from '../model/judgement.ts'
import type { Level, Severity } from '../model/level.ts'
import { type Condition, formatCondition } from './condition.ts'

/** `unknown`: alerts that cannot be judged would decide. */
export type Truth = boolean | 'unknown'

/** What a condition reads of an alert. */
export interface OperandAlert {
  readonly level: Level
  readonly health: Health
}

/** The alerts that a reference names; none where it names nothing. */
export type Operands = (ref: string) => readonly OperandAlert[]

/** An operand that decided. */
export interface Decider {
  /** As it stands in the condition: `ALARM("main/ec2.cpu")`. */
  readonly operand: string
  readonly truth: Truth
}

export interface CompositeVerdict {
  readonly truth: Truth
  /** Absent when the truth is unknown: the alert is held as it is, like one whose source cannot be read. */
  readonly judgement?: Judgement
  /** The operands without which it would be otherwise. */
  readonly deciders: readonly Decider[]
  /** The same in words. */
  readonly reason: string
}

/** So many operands are named in a reason; the rest are counted. */
const NAMED = 4

/**
 * Judges a condition over other alerts. Three-valued, after Kleene: what is known decides where the unknown could not change it, else the
 * result is unknown. An alert is known while its health is `ok`; a reference is on as soon as one known alert is, off when all are
 * known and off, else unknown, and so is one that names nothing. **Unknown never fires and never resolves**: it gives no judgement.
 *
 * @param severity the level that the condition breaches while it holds. There is no hysteresis: it clears when it does not hold.
 * @param at time of the evaluation, milliseconds since the epoch.
 */
export function judgeComposite(condition: Condition, severity: Severity, operands: Operands, at: number): CompositeVerdict {
  const { truth, deciders } = decide(condition, operands)
  const unique = [...new Map(deciders.map((decider) => [decider.operand, decider])).values()]
  const reason = inWords(unique)
  if (truth === 'unknown') return { truth, deciders: unique, reason }
  return { truth, deciders: unique, reason, judgement: { at, value: truth ? 1 : 0, breaches: truth ? severity : 'none', reason } }
}

/** Every reference that names an alert: its monitor, its rule, and the rule with the resource's id or name. */
export function refsOf({ monitor, rule, resource }: AlertSubject): ReadonlySet<string> {
  return new Set([monitor, `${monitor}/${rule}`, `${monitor}/${rule}/${resource.id}`, `${monitor}/${rule}/${resource.name}`])
}

interface Decision {
  readonly truth: Truth
  readonly deciders: readonly Decider[]
}

function decide(condition: Condition, operands: Operands): Decision {
  switch (condition.op) {
    case 'constant':
      return { truth: condition.value, deciders: [{ operand: formatCondition(condition), truth: condition.value }] }
    case 'state': {
      const truth = truthOf(condition, operands(condition.ref))
      return { truth, deciders: [{ operand: formatCondition(condition), truth }] }
    }
    case 'not': {
      const { truth, deciders } = decide(condition.of, operands)
      return { truth: negate(truth), deciders }
    }
    case 'and':
      return atLeast(condition.of.length, condition.of, operands)
    case 'or':
      return atLeast(1, condition.of, operands)
    case 'atLeast':
      return atLeast(condition.count, condition.of, operands)
  }
}

/** AND is all of them, OR is one of them. Those that are as the result is have decided it. */
function atLeast(count: number, of: readonly Condition[], operands: Operands): Decision {
  const decisions = of.map((one) => decide(one, operands))
  const holding = decisions.filter(({ truth }) => truth === true).length
  const open = decisions.filter(({ truth }) => truth === 'unknown').length
  const truth = holding >= count ? true : holding + open < count ? false : 'unknown'
  return { truth, deciders: decisions.filter((decision) => decision.truth === truth).flatMap(({ deciders }) => deciders) }
}

function truthOf({ state }: Extract<Condition, { op: 'state' }>, alerts: readonly OperandAlert[]): Truth {
  const on = isOn(alerts, state === 'CRITICAL')
  switch (state) {
    case 'ALARM':
    case 'CRITICAL':
      return on
    case 'OK':
      return negate(on)
    case 'INSUFFICIENT_DATA':
      return on === 'unknown'
  }
}

function isOn(alerts: readonly OperandAlert[], criticalOnly: boolean): Truth {
  const known = alerts.filter(({ health }) => health === 'ok')
  if (known.some(({ level }) => (criticalOnly ? level === 'critical' : level !== 'none'))) return true
  return alerts.length > 0 && known.length === alerts.length ? false : 'unknown'
}

const negate = (truth: Truth): Truth => (truth === 'unknown' ? 'unknown' : !truth)

function inWords(deciders: readonly Decider[]): string {
  const named = deciders.slice(0, NAMED).map(({ operand, truth }) => (truth === 'unknown' ? `${operand} is unknown` : truth ? operand : `not ${operand}`))
  return deciders.length > NAMED ? `${named.join(', ')} and ${deciders.length - NAMED} more` : named.join(', ')
}
