import type { AlertRecord, BacktestResult, BacktestSummary, Judgement, Monitor, PastSource } from '@tocsin/core'
import { trace } from '@tocsin/core'
import type { WorstSeries } from './report.ts'
import { rulesOf } from './rules.ts'

/** The rule whose alerts were RED for longest, then AMBER; none where there was no alert. */
export function worstRule({ rules }: BacktestSummary): string | undefined {
  const [worst] = rules.filter(({ red, amber }) => red + amber > 0).toSorted((a, b) => b.timeRed - a.timeRed || b.timeAmber - a.timeAmber)
  return worst?.rule
}

/** The series that was RED for longest, then AMBER, with its points; the first one where there was no alert. Composites have no points. */
export async function worstSeries(monitor: Monitor, { alerts }: BacktestSummary, { alerts: records }: BacktestResult, source: PastSource): Promise<WorstSeries | undefined> {
  const rules = new Map(rulesOf(monitor).map((rule) => [rule.name, rule]))
  const times = new Map<string, { red: number; amber: number }>()
  for (const { subject, red, amber } of alerts) {
    const sum = times.get(subject.fingerprint) ?? { red: 0, amber: 0 }
    times.set(subject.fingerprint, { red: sum.red + red, amber: sum.amber + amber })
  }
  const time = ({ subject }: AlertRecord): { red: number; amber: number } => times.get(subject.fingerprint) ?? { red: 0, amber: 0 }
  const [worst] = [...records.values()].filter(({ subject }) => rules.has(subject.rule)).toSorted((a, b) => time(b).red - time(a).red || time(b).amber - time(a).amber)
  const rule = worst && rules.get(worst.subject.rule)
  if (worst === undefined || rule === undefined) return undefined
  const points: Judgement[] = []
  for await (const point of trace(source, rule, worst.subject)) points.push(point)
  return { subject: worst.subject, rule, points }
}
