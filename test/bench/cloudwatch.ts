import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { awsEnvironment } from '@tocsin/dev-tools'
import { z } from 'zod'
import type { Cycle } from './cloudwatch/load.ts'
import { retainedPerPoint } from './cloudwatch/retained.ts'

const file = (name: string): URL => new URL(`cloudwatch/${name}`, import.meta.url)
const EXEC = ['--conditions=source']
const CALLERS = ['ours', 'SDK, JSON', 'SDK, CBOR', 'SDK, JSON, without its log', 'SDK, CBOR, without its log', 'HTTP and JSON.parse, unsigned', 'JSON.parse alone']
const counted = z.object({ calls: z.number(), metrics: z.number(), lists: z.number() })
const cyclesOf = z.array(z.object({ series: z.number(), points: z.number(), wall: z.number(), cpu: z.number(), memory: z.number() }))

/**
 * What CloudWatch costs: the processor time of one call by who makes it, and a cycle over 10,000 instances with three metrics, beside
 * GetMetricStatistics for each metric and the SDK used plainly. The server runs in a process of its own, and so does each contender.
 */
export async function cloudwatch(): Promise<void> {
  await withStub(async (url) => {
    for (const points of [5, 60]) {
      for (const name of CALLERS) {
        const { cost } = z.object({ cost: z.number() }).parse(await childOf('calls.ts', [name, String(points)], url))
        say(`one call, 500 metrics of ${points} points: ${cost.toFixed(2)} ms of CPU (${name})`)
      }
    }
  })
  for (const name of ['tocsin', 'plain', 'naive']) {
    await withStub(async (url, usage) => {
      const cycles = cyclesOf.parse(await childOf('contender.ts', [name], url))
      const { calls, metrics, lists } = await usage()
      const [first, ...later] = cycles
      if (first === undefined) return
      tell(later.length > 0 ? `${name}, first cycle` : name, first)
      if (later.length > 0) tell(`${name}, median of ${later.length} cycles after it`, medianOf(later))
      say(`10,000 x 3, ${name}: ${calls / cycles.length} calls and ${metrics / cycles.length} billed metrics a cycle, ${lists} ListMetrics`)
    })
  }
  for (const points of [5, 7, 60, 180]) say(`memory: ${(await retainedPerPoint(points)).toFixed(1)} bytes a point kept (series of ${points})`)
}

async function withStub(use: (url: string, usage: () => Promise<z.output<typeof counted>>) => Promise<void>): Promise<void> {
  const child = fork(file('stub-process.ts'), { execArgv: EXEC })
  try {
    const { url } = z.object({ url: z.string() }).parse(await messageOf(child))
    await use(url, async () => {
      child.send('usage')
      return counted.parse(await messageOf(child))
    })
  } finally {
    child.disconnect()
  }
}

/** What a process tells that does its work against the server. */
async function childOf(name: string, args: readonly string[], url: string): Promise<unknown> {
  return messageOf(fork(file(name), args, { execArgv: EXEC, env: { ...process.env, ...awsEnvironment(url) } }))
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs.at(-1)} ended with ${code}`)
  })
  const [message] = await Promise.race([once(child, 'message'), died])
  died.catch(() => {})
  return message
}

function medianOf(cycles: readonly Cycle[]): Cycle {
  const middle = (key: keyof Cycle): number => cycles.map((cycle) => cycle[key]).sort((a, b) => a - b)[cycles.length >> 1] ?? Number.NaN
  return { series: middle('series'), points: middle('points'), wall: middle('wall'), cpu: middle('cpu'), memory: middle('memory') }
}

function tell(name: string, { series, points, wall, cpu, memory }: Cycle): void {
  say(`10,000 x 3, ${name}: ${cpu.toFixed(2)} s of CPU, ${wall.toFixed(2)} s, ${memory.toFixed(0)} MB at most (${series} series, ${points} points)`)
}

function say(line: string): void {
  process.stdout.write(`cloudwatch: ${line}\n`)
}
