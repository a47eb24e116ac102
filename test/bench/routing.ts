import { installedAlertmanager, startAlertmanager } from './routing/alertmanager.ts'
import { openReceiver, type ReceivedAlert, type Receiver } from './routing/receiver.ts'
import { ALERTS, GROUP_WAIT, GROUPS, WAVES } from './routing/size.ts'
import { costOf, type Cost, type Subject } from './routing/subject.ts'
import { startTocsin } from './routing/tocsin.ts'

const ROUNDS = 3
/** The longest one wave may take, milliseconds. */
const PATIENCE = 120_000

interface Outcome extends Cost {
  /** From the first alert to the last delivery, seconds. */
  readonly wall: number
  readonly notifications: number
  readonly alerts: number
  readonly groups: number
  readonly delivered: readonly ReceivedAlert[]
}

/**
 * Waves of 20,000 alerts in 1,000 groups to a webhook on this machine: through Tocsin, from points to messages, and the same alerts through
 * Alertmanager, each in a process of its own, in turns. The first wave meets a process that has just started, the second one that runs.
 */
export async function routing(): Promise<void> {
  const version = await installedAlertmanager()
  process.stdout.write(`routing: waves of ${ALERTS} alerts in ${GROUPS} groups to one webhook, group wait ${GROUP_WAIT}; median of ${ROUNDS} rounds each, in turns\n`)
  const receiver = await openReceiver()
  const ours: Outcome[][] = []
  const theirs: Outcome[][] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const mine = await measure(await startTocsin(receiver.url), [], receiver)
      ours.push(mine)
      // The very alerts that arrived, with all their labels and annotations.
      theirs.push(await measure(await startAlertmanager(receiver.url), mine.map(({ delivered }) => delivered), receiver))
    }
  } finally {
    await receiver.close()
  }
  for (let wave = 0; wave < WAVES; wave++) {
    show(`wave ${wave + 1}, Tocsin`, ours.flatMap((waves) => waves.slice(wave, wave + 1)))
    show(`wave ${wave + 1}, Alertmanager ${version}`, theirs.flatMap((waves) => waves.slice(wave, wave + 1)))
  }
}

async function measure(subject: Subject, waves: readonly (readonly ReceivedAlert[])[], receiver: Receiver): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  try {
    for (let wave = 0; wave < WAVES; wave++) {
      receiver.reset()
      let before: Cost = { processor: NaN, peak: NaN }
      let start = NaN
      await subject.give(waves[wave] ?? [], () => {
        before = costOf(subject.pid)
        start = performance.now()
      })
      await receiver.all(ALERTS, AbortSignal.timeout(PATIENCE))
      const wall = (performance.now() - start) / 1_000
      const after = costOf(subject.pid)
      const { notifications, alerts, groups, different } = receiver.received
      outcomes.push({ wall, processor: after.processor - before.processor, peak: after.peak, notifications, alerts, groups: groups.size, delivered: [...different.values()] })
    }
  } finally {
    await subject.stop()
  }
  return outcomes
}

function show(name: string, outcomes: readonly Outcome[]): void {
  const median = (figure: (outcome: Outcome) => number): number => outcomes.map(figure).toSorted((a, b) => a - b)[outcomes.length >> 1] ?? NaN
  const seconds = (figure: (outcome: Outcome) => number): string => `${median(figure).toFixed(2)} s (${outcomes.map((outcome) => figure(outcome).toFixed(2)).join(', ')})`
  const peak = `${(median((outcome) => outcome.peak) / 2 ** 20).toFixed(0)} MiB`
  const counts = [...new Set(outcomes.map(({ notifications, alerts, groups }) => `${notifications} notifications, ${alerts} alerts, ${groups} groups`))].join('; ')
  process.stdout.write(`routing: ${name}: wall ${seconds(({ wall }) => wall)}, processor ${seconds(({ processor }) => processor)}, peak memory ${peak}; ${counts}\n`)
}
