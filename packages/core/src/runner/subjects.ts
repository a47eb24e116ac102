import { isDeepStrictEqual } from 'node:util'
import { subjectOf } from '../alerting/subject.ts'
import type { Monitor } from '../config/monitor.ts'
import type { AlertSubject } from '../model/alert.ts'
import type { Series } from '../model/series.ts'
import type { WatchedRule } from '../plugin/rule.ts'

/** The subjects of a monitor's series. One that stays as it is keeps its object from cycle to cycle: hashing is most of the work of making it. */
export interface Subjects {
  of(series: Pick<Series, 'resource' | 'labels'>, rule: WatchedRule): AlertSubject
  /** Forgets those that nobody asked for since the last call. */
  sweep(): void
}

export function openSubjects(monitor: Pick<Monitor, 'name' | 'labels'>): Subjects {
  let before = new Map<string, AlertSubject>()
  let current = new Map<string, AlertSubject>()
  return {
    of({ resource, labels }, rule) {
      const key = JSON.stringify([rule.name, resource.id, resource.account, resource.region, labels])
      const known = current.get(key) ?? before.get(key)
      const same = known !== undefined && (known.resource === resource || isDeepStrictEqual(known.resource, resource))
      const subject = same ? known : subjectOf({ resource, ...(labels === undefined ? {} : { labels }) }, rule, monitor)
      current.set(key, subject)
      return subject
    },
    sweep() {
      before = current
      current = new Map()
    },
  }
}
