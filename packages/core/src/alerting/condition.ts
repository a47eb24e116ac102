/** What a condition can ask of the alerts behind a reference. */
export const CONDITION_STATES = ['ALARM', 'CRITICAL', 'OK', 'INSUFFICIENT_DATA'] as const

export type ConditionState = (typeof CONDITION_STATES)[number]

/**
 * A condition over other alerts, as it is read from text by `parseCondition`. Plain JSON.
 *
 * A reference names alerts: `<monitor>`, `<monitor>/<rule>` or `<monitor>/<rule>/<resource>`.
 */
export type Condition =
  | { readonly op: 'state'; readonly state: ConditionState; readonly ref: string }
  | { readonly op: 'constant'; readonly value: boolean }
  | { readonly op: 'not'; readonly of: Condition }
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  /** At least `count` of them hold. */
  | { readonly op: 'atLeast'; readonly count: number; readonly of: readonly Condition[] }

/** Every reference of a condition, once, in the order of the text: to check that they exist and go round in no circle. */
export function conditionRefs(condition: Condition): readonly string[] {
  const refs = (one: Condition): readonly string[] => {
    switch (one.op) {
      case 'state':
        return [one.ref]
      case 'constant':
        return []
      case 'not':
        return refs(one.of)
      case 'and':
      case 'or':
      case 'atLeast':
        return one.of.flatMap(refs)
    }
  }
  return [...new Set(refs(condition))]
}

/** A condition as text that `parseCondition` reads back as the same condition. */
export function formatCondition(condition: Condition): string {
  switch (condition.op) {
    case 'state':
      return `${condition.state}("${condition.ref.replace(/[\\"]/g, '\\$&')}")`
    case 'constant':
      return condition.value ? 'TRUE' : 'FALSE'
    case 'not':
      return `NOT ${grouped(condition.of)}`
    case 'and':
    case 'or':
      return condition.of.map(grouped).join(condition.op === 'and' ? ' AND ' : ' OR ')
    case 'atLeast':
      return `AT_LEAST(${[condition.count, ...condition.of.map(formatCondition)].join(', ')})`
  }
}

const grouped = (condition: Condition): string => (condition.op === 'and' || condition.op === 'or' ? `(${formatCondition(condition)})` : formatCondition(condition))
