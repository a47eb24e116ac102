import type { Resource } from '@tocsin/core'
import type { Coverage, Row } from '../figures.ts'
import { resourceKey } from './watched.ts'

/** A row that lacks more than this share of its points is named. */
const WORTH_NAMING = 0.05

/**
 * What was watched of what should have been.
 *
 * @param known whether the store keeps points at all: where it does not, their absence says nothing.
 */
export function coverageOf(rows: readonly Row[], known: boolean): Coverage {
  const resources = new Map<string, { readonly resource: Resource; seen: boolean; expected: boolean }>()
  for (const { resource, values, coverage, wentAt } of rows) {
    const key = resourceKey(resource)
    const one = resources.get(key) ?? { resource, seen: false, expected: false }
    one.seen ||= values !== undefined || !known
    one.expected ||= coverage !== undefined || wentAt === undefined
    resources.set(key, one)
  }
  const expected = [...resources.values()].filter(({ expected: wanted, seen }) => wanted || seen)
  const gaps = rows.flatMap(({ resource, metric, coverage }) => (coverage !== undefined && coverage > 0 && coverage < 1 - WORTH_NAMING ? [{ resource, metric, coverage }] : []))
  return {
    watched: expected.filter(({ seen }) => seen).length,
    expected: expected.length,
    silent: expected.filter(({ seen }) => !seen).map(({ resource }) => resource),
    gaps: gaps.toSorted((a, b) => a.coverage - b.coverage),
  }
}
