import { type AlertRecord, type DecisionRecord, type GroupStanding, type Notification, type Store, stringifyPlain, type Transition } from '@tocsin/core'
import { aNotification, aNotifiedAlert, aResource, aSubject } from '../../packages/core/src/testing/builders.ts'
import { openSqliteStore } from '@tocsin/store-sql'
import { execFileSync } from 'node:child_process'
import { fdatasyncSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newAlert } from '../../packages/core/src/alerting/reducer.ts'

const SERIES = 100_000
const TRANSITIONS = 10_000
/** Alerts of one message: a rule's alerts are told together. */
const GROUP = 50
const ROUNDS = 7
const MONITOR = 'main'

/**
 * The durable commit of a cycle in which 10,000 alerts change, in a SQLite file that holds 100,000: the alerts, their events, the ledger,
 * what was decided and the messages that follow, in one transaction. Beside it the floor of this disk: the same number of bytes written to a plain file, and
 * synced.
 */
export async function store(): Promise<void> {
  const folder = await mkdtemp(join(process.env['BENCH_FOLDER'] ?? tmpdir(), 'tocsin-bench-'))
  const path = join(folder, 'main.sqlite')
  try {
    const store = await openSqliteStore(path)
    for (let from = 0; from < SERIES; from += TRANSITIONS) {
      await store.transaction(async (tx) => {
        for (let index = from; index < from + TRANSITIONS; index++) {
          const id = idOf(index)
          await tx.alerts.put({ id, monitor: MONITOR, value: alertOf(index, 0) }, 0)
          await tx.evaluators.put({ id, monitor: MONITOR, value: { at: index, state: { mean: index / 7, variance: index / 3 } } }, 0)
        }
      })
    }
    const commits: number[] = []
    const floors: number[] = []
    let bytes = 0
    for (let round = 1; round <= ROUNDS; round++) {
      const cycle = cycleOf(round)
      bytes = sizeOf(cycle)
      // Idle time between two cycles: what the last one made is not counted against this one.
      await new Promise((resolve) => setTimeout(resolve, 200))
      const began = performance.now()
      await commit(store, cycle, round)
      commits.push(performance.now() - began)
      floors.push(writeAndSync(join(folder, 'floor'), bytes))
    }
    await store.close()
    const { size } = await stat(path)
    const memory = execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), path, String(ROUNDS)], { encoding: 'utf8' })
    const shown = (values: readonly number[]): string => `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)}-${Math.max(...values).toFixed(0)})`
    process.stdout.write(`store: ${shown(commits)} to commit a cycle with ${TRANSITIONS} transitions of ${SERIES} series; ${shown(floors)} to write and sync its ${(bytes / 2 ** 20).toFixed(1)} MB (median of ${ROUNDS})\n`)
    process.stdout.write(`store: ${memory}; the file has ${(size / 2 ** 20).toFixed(0)} MB\n`)
  } finally {
    await rm(folder, { recursive: true })
  }
}

interface BenchCycle {
  readonly alerts: readonly (readonly [id: string, value: AlertRecord])[]
  readonly events: readonly Transition[]
  readonly messages: readonly Notification[]
  /** Of every group, with where each of its alerts stands. */
  readonly decisions: readonly (readonly [decision: DecisionRecord, standing: GroupStanding])[]
}

const idOf = (index: number): string => index.toString(16).padStart(32, '0')

function alertOf(index: number, round: number): AlertRecord {
  const at = 1_767_614_400_000 + round * 60_000
  const hot = round % 2 === 1
  const clock = { phase: hot ? ('firing' as const) : ('inactive' as const), latched: hot, since: at }
  return {
    subject: aSubject({ fingerprint: idOf(index), resource: aResource({ id: `arn:aws:ec2:us-west-2:123456789012:instance/i-${index.toString(16).padStart(17, '0')}`, name: `web-${index}` }) }),
    state: { ...newAlert, phase: clock.phase, level: hot ? 'critical' : 'none', warning: clock, critical: clock, lastAt: at, value: 91 + index / SERIES, reason: '> 80%', episode: { id: `${idOf(index)}-${round}`, startedAt: at, firedAt: at, firedValue: 91, peak: 93, worstLevel: 'critical', recent: [62, 71, 85, 91, 93, 92, 91, 90], fires: 1 } },
  }
}

function cycleOf(round: number): BenchCycle {
  const alerts = Array.from({ length: TRANSITIONS }, (_, index) => [idOf(index), alertOf(index, round)] as const)
  const events = alerts.map(([fingerprint, { state }]): Transition => ({ fingerprint, monitor: MONITOR, at: state.lastAt, kind: 'fired', from: 'none', to: 'critical', value: state.value, code: 'enoughHot', reason: '> 80%', episodeId: `${fingerprint}-${round}` }))
  const messages = Array.from({ length: TRANSITIONS / GROUP }, (_, group) =>
    aNotification({ key: `main/rule-${group}`, thread: `main/rule-${group}/${round}`, alerts: alerts.slice(group * GROUP, (group + 1) * GROUP).map(([, { subject }]) => aNotifiedAlert({ subject })) }),
  )
  const decisions = messages.map(({ receiver, key, alerts: told }) => decisionOf(receiver, key, told.map(({ subject }) => subject.fingerprint), round))
  return { alerts, events, messages, decisions }
}

function decisionOf(receiver: string, key: string, fingerprints: readonly string[], round: number): readonly [DecisionRecord, GroupStanding] {
  const standing = { is: 'told' } as const
  const timers = { path: [0], reason: 'matched', groupWait: 30_000, groupInterval: 300_000, repeatInterval: 14_400_000 } as const
  return [
    { monitor: MONITOR, receiver, key, at: round, decision: 'first', alerts: fingerprints.map((fingerprint) => ({ fingerprint, standing })), message: `${key}-${round}`, nextAt: round, route: timers },
    { receiver, key, alerts: Object.fromEntries(fingerprints.map((fingerprint) => [fingerprint, { ...standing, startedAt: 1_767_614_400_000 + round * 60_000 }])) },
  ]
}

const sizeOf = ({ alerts, events, messages, decisions }: BenchCycle): number => [...alerts.map(([, value]) => value), ...events, ...messages, ...decisions.flat()].reduce((sum, value) => sum + stringifyPlain(value).length, 0)

async function commit(store: Store, { alerts, events, messages, decisions }: BenchCycle, round: number): Promise<void> {
  await store.transaction(async (tx) => {
    for (const [id, value] of alerts) await tx.alerts.put({ id, monitor: MONITOR, value }, round)
    await tx.events.append(events)
    for (const [index, notification] of messages.entries()) {
      const { receiver, key, thread } = notification
      const entry = { id: `${receiver}/${key}`, monitor: MONITOR, receiver, key, firing: {}, resolved: [], muted: [], thread, sequence: round }
      await tx.groups.put({ id: entry.id, monitor: MONITOR, value: entry }, round - 1)
      await tx.outbox.enqueue({ id: `${index}-${round}`, monitor: MONITOR, receiver, key, notification, queuedAt: round })
    }
    for (const [{ receiver, key }, value] of decisions) await tx.standings.put({ id: `${MONITOR}/${receiver}${key}`, monitor: MONITOR, value }, round - 1)
    await tx.decisions.append(decisions.map(([decision]) => decision))
    await tx.outbox.prune(MONITOR, 0)
  })
}

/** Milliseconds to write that many bytes behind what a file holds, and to sync them: no database can do with less. */
function writeAndSync(path: string, bytes: number): number {
  const chunk = Buffer.alloc(bytes, 'x')
  const file = openSync(path, 'a')
  const began = performance.now()
  writeSync(file, chunk)
  fdatasyncSync(file)
  return performance.now() - began
}

/** What a process takes that reads the evaluators' memory, as a runner does when it starts, and once it has committed a cycle, too. */
async function resident(path: string, round: number): Promise<void> {
  const store = await openSqliteStore(path)
  const remembered = await store.transaction((tx) => tx.evaluators.list(MONITOR))
  const before = process.memoryUsage.rss() / 2 ** 20
  await commit(store, cycleOf(round + 1), round + 1)
  const after = process.memoryUsage.rss() / 2 ** 20
  if (remembered.length !== SERIES) throw new Error(`${remembered.length} series were remembered`)
  await store.close()
  process.stdout.write(`${before.toFixed(0)} MB resident with what evaluators remember of ${SERIES} series, ${after.toFixed(0)} MB after the commit of such a cycle`)
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

const [, main, path, round] = process.argv
if (main === fileURLToPath(import.meta.url) && path !== undefined) await resident(path, Number(round))
