import type { Monitor, WatchedRule } from '@tocsin/core'
import { usageError } from '../usage-error.ts'

export const rulesOf = ({ watch }: Pick<Monitor, 'watch'>): readonly WatchedRule[] => watch.flatMap(({ rules }) => rules)

/**
 * The rule of a name, or the only one there is.
 *
 * @throws TocsinError E600 when there is no such rule, or more than one to choose from.
 */
export function chosenRule(monitor: Pick<Monitor, 'watch'>, name: string | undefined): WatchedRule {
  const rules = rulesOf(monitor)
  const [only] = rules
  const found = name === undefined ? (rules.length === 1 ? only : undefined) : rules.find((rule) => rule.name === name)
  if (found !== undefined) return found
  const known = rules.map((rule) => rule.name).join(', ') || 'the configuration has none'
  throw usageError(name === undefined ? 'which rule judges the files?' : `there is no rule "${name}"`, name === undefined ? `add --rule with one of: ${known}` : `one of: ${known}`, '--rule')
}
