import { type Past, SEVERITIES, type Severity, type Transition } from '@tocsin/core'
import type { NoisyRule, Period } from '../figures.ts'
import { rises } from './levels.ts'
import { quietLine } from './quiet-line.ts'
import type { Watched } from './watched.ts'

/** A rule is noisy that fires at least so often in a period, */
const OFTEN = 5
/** and of whose alerts at most this share is taken on by somebody. */
const SELDOM = 0.2

/** Series that are asked for at once: of the hours of a period only one number each is kept. */
const AT_ONCE = 128

/** Rules that spoke often and were seldom acted upon, the noisiest first, each with the line that would have fired about once. */
export async function noiseIn(history: Past['history'], watched: readonly Watched[], events: ReadonlyMap<string, readonly Transition[]>, period: Period, timeZone: string): Promise<NoisyRule[]> {
  const noisy: NoisyRule[] = []
  for (const [rule, own] of Map.groupBy(watched, (one) => one.rule)) {
    for (const level of SEVERITIES) {
      const { fired, ignored, alerts } = firingsOf(own, events, level, period)
      if (fired < OFTEN || ignored / fired < 1 - SELDOM) continue
      const from = rule.evaluator.lines?.(rule.metric)[level]
      const line = from === undefined || history === undefined ? undefined : quietLine(await extremes(history, alerts, period, timeZone), { from, worse: rule.metric.worse })
      noisy.push({ rule: rule.name, level, fired, ignored, ...(from === undefined || line === undefined ? {} : { suggestion: { from, to: line.line, unit: rule.metric.unit, fires: line.fires } }) })
    }
  }
  return noisy.toSorted((a, b) => b.fired - a.fired)
}

/** How often alerts of a rule reached a level, and how many of those episodes nobody acknowledged. */
function firingsOf(own: readonly Watched[], events: ReadonlyMap<string, readonly Transition[]>, level: Severity, { from, until }: Period): { readonly fired: number; readonly ignored: number; readonly alerts: readonly Watched[] } {
  let [fired, ignored] = [0, 0]
  const alerts: Watched[] = []
  for (const one of own) {
    const log = events.get(one.fingerprint) ?? []
    const taken = new Set(log.flatMap(({ kind, episodeId }) => (kind === 'acknowledged' ? [episodeId] : [])))
    const firings = log.filter((event) => event.at >= from && event.at < until && event.to === level && rises(event))
    if (firings.length > 0) alerts.push(one)
    fired += firings.length
    ignored += firings.filter(({ episodeId }) => !taken.has(episodeId)).length
  }
  return { fired, ignored, alerts }
}

/** The worst value of each hour, by series; NaN for an hour without a point. */
async function extremes(history: NonNullable<Past['history']>, alerts: readonly Watched[], { from, until }: Period, timeZone: string): Promise<number[][]> {
  const worse = alerts[0]?.rule.metric.worse
  const series = alerts.flatMap((one) => (one.series === undefined ? [] : [one.series.id]))
  const found: number[][] = []
  for (let first = 0; first < series.length; first += AT_ONCE) {
    const rolled = await history.rollups({ series: series.slice(first, first + AT_ONCE), from, until, step: 'hour', timeZone })
    for (const { rollups } of rolled) found.push(rollups.map(({ min, max }) => (worse === 'low' ? min : max)))
  }
  return found
}
