import { backtest as replay, defineCollector, defineMonitor, defineNotifier, delivered, formatDuration, type PastWindow } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'

const SERIES = 1_000
const DAYS = 30
const MINUTE = 60_000
const DAY = 86_400_000
const POINTS_A_DAY = DAY / MINUTE
/** Seconds that the whole may take. */
const LIMIT = 60
const START = Date.parse('2026-01-05T00:00:00Z')

const fleet = defineCollector({
  name: 'fleet',
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } },
  create: () => ({
    async *collect() {
      yield* []
    },
  }),
})
const inbox = defineNotifier({ name: 'inbox', create: () => ({ send: async () => delivered() }) })

/**
 * Thirty days of a thousand machines at one point a minute, through evaluator, alert engine and routing. Half an hour above the critical
 * line on one machine in ten each day, a point above the warning line now and then.
 */
export async function backtest(): Promise<void> {
  const monitor = defineMonitor({
    watch: [fleet({ cpu: threshold({ warning: 70, critical: 90, clear: 60, for: '5m' }) })],
    notify: { ops: inbox(), mail: inbox() },
    route: { warning: ['ops'], critical: ['ops', 'mail'] },
  })
  const started = { wall: performance.now(), cpu: process.cpuUsage() }
  const { points, transitions, notifications } = await replay(monitor, { windows: days() })
  const wall = (performance.now() - started.wall) / 1_000
  const { user, system } = process.cpuUsage(started.cpu)
  const fired = transitions.filter(({ kind }) => kind === 'fired').length
  process.stdout.write(
    `backtest: ${wall.toFixed(1)} s of the ${LIMIT} it may take, ${((user + system) / 1e6).toFixed(1)} s of processor time for ${formatDuration(DAYS * DAY)} of ${SERIES} series at one minute ` +
      `(${points} points, ${((wall * 1e9) / points).toFixed(0)} ns each; ${fired} alerts, ${notifications.length} messages)\n`,
  )
}

function* days(): Generator<PastWindow> {
  const machines = Array.from({ length: SERIES }, (_, index) => ({ id: `m${index}`, type: 'fleet', name: `m${index}`, tags: {} }))
  for (let day = 0; day < DAYS; day++) {
    const from = START + day * DAY
    const timestamps = Float64Array.from({ length: POINTS_A_DAY }, (_, index) => from + index * MINUTE)
    const series = machines.map((resource, machine) => ({
      rule: 'fleet.cpu',
      series: { resource, metric: 'cpu', period: MINUTE, timestamps, values: valuesOf(day, machine), settledUntil: Infinity, status: 'complete' } as const,
    }))
    yield { from, until: from + DAY, series }
  }
}

/** A day of one machine: a wave, noise that is the same in every run, and now and then an incident. */
function valuesOf(day: number, machine: number): Float64Array {
  const incident = (machine + day * 7) % 10 === 0 ? 60 * ((machine + day) % 23) : Infinity
  let noise = day * SERIES + machine + 1
  return Float64Array.from({ length: POINTS_A_DAY }, (_, minute) => {
    noise = (noise * 16_807) % 2_147_483_647
    const burst = minute >= incident && minute < incident + 30 ? 60 : 0
    return Math.min(100, 35 + 15 * Math.sin((2 * Math.PI * minute) / POINTS_A_DAY) + (noise / 2_147_483_647) * 12 + burst + (noise % 1_999 === 0 ? 30 : 0))
  })
}
