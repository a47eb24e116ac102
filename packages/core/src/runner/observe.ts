import type { AlertSubject } from '../model/alert.ts'
import type { Series } from '../model/series.ts'
import type { AlertBook } from './alert-book.ts'
import type { Observation } from './cycle-result.ts'

/** A series as a cycle saw it, with what has become of its alert. */
export function observe({ resource, metric, timestamps, values }: Series, subject: AlertSubject, book: AlertBook): Observation {
  const { rule, unit, dimensions, fingerprint } = subject
  const state = book.get(fingerprint)?.state
  const newest = values.findLastIndex((value) => !Number.isNaN(value))
  return {
    resource,
    rule,
    metric,
    unit,
    dimensions,
    at: timestamps[newest] ?? NaN,
    value: values[newest] ?? NaN,
    level: state?.level ?? 'none',
    phase: state?.phase ?? 'inactive',
    health: state?.health ?? 'noData',
  }
}
