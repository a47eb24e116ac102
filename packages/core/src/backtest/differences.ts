import type { PastAlert } from './summary.ts'

/** Alerts of one configuration that the other does not have at that time. */
export interface Differences {
  readonly onlyFirst: readonly PastAlert[]
  readonly onlySecond: readonly PastAlert[]
  /** Alerts of both that reach another level. */
  readonly otherLevel: readonly { readonly first: PastAlert; readonly second: PastAlert }[]
}

/**
 * What differs between the alerts of two configurations over the same past. Alerts of one series and rule are the same when they overlap
 * in time; ends are half-open, and one that did not end goes on.
 */
export function differences(first: readonly PastAlert[], second: readonly PastAlert[]): Differences {
  const [ofFirst, ofSecond] = [byIdentity(first), byIdentity(second)]
  const counterpart = (alert: PastAlert, others: ReadonlyMap<string, readonly PastAlert[]>): PastAlert | undefined => others.get(identity(alert))?.find((other) => overlaps(alert, other))
  return {
    onlyFirst: first.filter((alert) => counterpart(alert, ofSecond) === undefined),
    onlySecond: second.filter((alert) => counterpart(alert, ofFirst) === undefined),
    otherLevel: first.flatMap((alert) => {
      const other = counterpart(alert, ofSecond)
      return other === undefined || other.level === alert.level ? [] : [{ first: alert, second: other }]
    }),
  }
}

/** The monitor's name is part of a fingerprint, and two configurations may differ in it. */
const identity = ({ subject: { rule, resource, dimensions } }: PastAlert): string =>
  JSON.stringify([rule, resource.id, resource.account, resource.region, Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))])

function byIdentity(alerts: readonly PastAlert[]): ReadonlyMap<string, readonly PastAlert[]> {
  return Map.groupBy(alerts, identity)
}

const overlaps = (one: PastAlert, other: PastAlert): boolean => one.firedAt < (other.endedAt ?? Infinity) && other.firedAt < (one.endedAt ?? Infinity)
