import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openPostgresStore, openSqliteStore } from '@tocsin/store-sql'
import { type Receiver, startReceiver } from './receiver.ts'
import { type Verdict, verify } from './verify.ts'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))

export interface SoakOptions {
  readonly kills: number
  /** The same seed kills after the same times. */
  readonly seed: number
  /** The URL of an empty PostgreSQL database. Default: a SQLite file. */
  readonly postgres?: string
  /** Disturbs the monitor in another way than by killing it, as often as `kills` says. */
  readonly disturb?: () => Promise<void>
  /** Told after every kill. */
  readonly progress?: (kills: number, receiver: Receiver) => void
}

/** Kills a monitor again and again at random instants, lets it come to rest, and compares what everybody saw. */
export async function soak({ kills, seed, postgres, disturb, progress }: SoakOptions): Promise<Verdict> {
  const random = randomOf(seed)
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-soak-'))
  const receiver = await startReceiver(random)
  const acknowledged = join(folder, 'acknowledged')
  await writeFile(acknowledged, '')
  const state = postgres ?? join(folder, 'soak.sqlite')
  const start = (more: Readonly<Record<string, string>> = {}): ChildProcess =>
    spawn(process.execPath, ['--conditions=source', CHILD], { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env['PATH'], STATE: state, RECEIVER: receiver.url, ACKNOWLEDGED: acknowledged, ...more } })
  const stop = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  const kill = (child: ChildProcess): Promise<void> => stop(child, 'SIGKILL')
  const end = (child: ChildProcess): Promise<void> => stop(child, 'SIGTERM')
  try {
    let child = start()
    for (let count = 1; count <= kills; count++) {
      const before = receiver.arrivals.length
      // Some die while they start, most while they send or commit.
      const deadline = performance.now() + 5_000
      if (random() < 0.9) while (receiver.arrivals.length === before && child.exitCode === null && performance.now() < deadline) await wait(5)
      await wait(random() * 700)
      if (child.exitCode !== null) throw new Error(`the monitor ended by itself with ${child.exitCode}`)
      if (disturb === undefined) {
        await kill(child)
        child = start()
      } else await disturb()
      progress?.(count, receiver)
    }
    // Who was disturbed in another way is not killed at the end either: what it was sending would be sent again.
    await (disturb === undefined ? kill(child) : end(child))
    const last = start({ CALM: '1' })
    await untilQuiet(receiver)
    await end(last)
    return await examine(state, acknowledged, receiver)
  } finally {
    await receiver.close()
    await rm(folder, { recursive: true })
  }
}

/** Ten seconds without a message: every second has a cycle. */
async function untilQuiet(receiver: Receiver): Promise<void> {
  for (let quiet = 0, before = -1; quiet < 10; quiet++) {
    if (receiver.arrivals.length !== before) quiet = 0
    before = receiver.arrivals.length
    await wait(1_000)
  }
}

async function examine(state: string, acknowledged: string, { arrivals }: Receiver): Promise<Verdict> {
  const store = await (state.startsWith('postgres:') ? openPostgresStore(state) : openSqliteStore(state))
  const all = 10_000_000
  const evidence = await store.transaction(async (tx) => ({
    events: await tx.events.list({ monitor: 'soak', limit: all }),
    outbox: await tx.outbox.list('soak'),
    deliveries: await tx.deliveries.list({ monitor: 'soak', limit: all }),
  }))
  await store.close()
  // The last line of a process that was killed may be cut off.
  const lines = (await readFile(acknowledged, 'utf8')).split('\n').slice(0, -1)
  return verify({ ...evidence, acknowledged: lines.filter((line) => /^\w+ \d+ \w+>(none|warning|critical)$/.test(line)), arrivals })
}

/** A small generator of numbers in [0, 1): mulberry32, of Tommy Ettinger, in the public domain. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
