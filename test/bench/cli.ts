import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROUNDS = 15
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = join(ROOT, 'packages/cli/dist/main.js')

/** What is started, and how long the start of it may take, milliseconds. */
const STARTS = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'tocsin --help', args: [MAIN, '--help'], limit: 100 },
  { name: 'tocsin check', args: [MAIN, 'check'], limit: 400 },
] as const

/** How long the command takes to start, as it is published: the built files, their compiled code kept from an earlier start. */
export async function cli(): Promise<void> {
  if (!existsSync(MAIN)) throw new Error('build first: pnpm build')
  const cache = await mkdtemp(join(ROOT, 'node_modules/.cache/bench-cli-'))
  const start = (args: readonly string[]): number => {
    const begun = performance.now()
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: join(ROOT, 'examples/this-host'), env: { PATH: process.env['PATH'], HOME: cache, XDG_CACHE_HOME: cache }, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
    return performance.now() - begun
  }
  try {
    const times = STARTS.map(() => [] as number[])
    // One after the other in each round, so that whatever else the machine does falls on all.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [index, { args }] of STARTS.entries()) {
        const time = start(args)
        if (round > 0) times[index]?.push(time)
      }
    }
    for (const [index, contender] of STARTS.entries()) {
      const sorted = (times[index] ?? []).toSorted((a, b) => a - b)
      const limit = 'limit' in contender ? `limit ${contender.limit} ms` : ''
      process.stdout.write(`${contender.name.padEnd(14)} best ${ms(sorted[0])}, median ${ms(sorted[ROUNDS >> 1])}   ${limit}\n`)
    }
  } finally {
    await rm(cache, { recursive: true, force: true })
  }
}

const ms = (time: number | undefined): string => `${Math.round(time ?? Number.NaN)} ms`.padStart(7)
