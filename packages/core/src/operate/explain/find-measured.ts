import { subjectOf } from '../../alerting/subject.ts'
import type { Monitor } from '../../config/monitor.ts'
import type { AlertSubject } from '../../model/alert.ts'
import { ruleOfSeries } from '../../plugin/rule-of-series.ts'
import type { Store } from '../../store/store.ts'
import { isCalled } from '../find-alert.ts'

/** What is measured, and called so, and has no alert because it was never hot; `undefined` when there is none, or more than one, or an alert is called so. */
export async function findMeasured(store: Store, monitor: Monitor, id: string): Promise<AlertSubject | undefined> {
  const isAlert = await store.transaction(async (tx) => (await tx.alerts.list(monitor.name)).some(({ value }) => isCalled(value.subject, id)))
  const { history } = store
  if (history === undefined || isAlert) return undefined
  const rules = monitor.watch.flatMap((watch) => watch.rules)
  const called = (await history.series({ monitor: monitor.name })).flatMap((series) => {
    const rule = ruleOfSeries(series, rules)
    const subject = rule && subjectOf(series, rule, monitor)
    return subject !== undefined && isCalled(subject, id) ? [subject] : []
  })
  const [only] = called
  return called.length === 1 ? only : undefined
}
