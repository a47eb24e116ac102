import { join } from 'node:path'
import { malformed, readIfThere } from './read.ts'

/** CPU time that a limited container has used. */
export interface CpuLimit {
  /** CPUs' worth of time it may use: 0.5 is half a CPU. */
  readonly cpus: number
  /** Seconds of CPU time it has used. */
  readonly used: number
}

/** Memory of a limited container, bytes. */
export interface MemoryLimit {
  readonly limit: number
  /** Without the file cache that the kernel would give up first, as kubelet counts it. */
  readonly used: number
}

/**
 * The CPU limit of the container this runs in, version 2 or 1; `undefined` where there is none below the CPUs that there are.
 *
 * Read at the root of the mounted hierarchy. There a container sees its own control group, while on the machine itself that root has
 * no limit. So limits of the service that runs this process do not make its numbers out of the machine's.
 */
export async function cpuLimit(root: string, available: number): Promise<CpuLimit | undefined> {
  const max = await readIfThere(join(root, 'cpu.max'))
  if (max !== undefined) {
    const cpus = parseCpuMax(max) ?? malformed(join(root, 'cpu.max'))
    return cpus < available ? { cpus, used: (await field(join(root, 'cpu.stat'), 'usage_usec')) / 1e6 } : undefined
  }
  const controller = await firstDirectory(root, ['cpu', 'cpu,cpuacct'], 'cpu.cfs_quota_us')
  const quota = controller === undefined ? -1 : await number(join(controller, 'cpu.cfs_quota_us'))
  if (controller === undefined || quota < 0) return undefined
  const cpus = quota / (await number(join(controller, 'cpu.cfs_period_us')))
  if (cpus >= available) return undefined
  const accounts = (await firstDirectory(root, ['cpuacct', 'cpu,cpuacct'], 'cpuacct.usage')) ?? malformed(join(root, 'cpuacct', 'cpuacct.usage'))
  return { cpus, used: (await number(join(accounts, 'cpuacct.usage'))) / 1e9 }
}

/**
 * The memory limit of the container this runs in; `undefined` where there is none below the bytes that there are.
 *
 * @see cpuLimit
 */
export async function memoryLimit(root: string, available: number): Promise<MemoryLimit | undefined> {
  const max = await readIfThere(join(root, 'memory.max'))
  if (max !== undefined) {
    const limit = max.trim() === 'max' ? Infinity : await number(join(root, 'memory.max'))
    return limit < available ? { limit, used: await workingSet(join(root, 'memory.current'), join(root, 'memory.stat'), 'inactive_file') } : undefined
  }
  const controller = await firstDirectory(root, ['memory'], 'memory.limit_in_bytes')
  const limit = controller === undefined ? Infinity : await number(join(controller, 'memory.limit_in_bytes'))
  if (controller === undefined || limit >= available) return undefined
  return { limit, used: await workingSet(join(controller, 'memory.usage_in_bytes'), join(controller, 'memory.stat'), 'total_inactive_file') }
}

async function workingSet(usage: string, stat: string, cache: string): Promise<number> {
  return Math.max(0, (await number(usage)) - (await field(stat, cache)))
}

/** CPUs' worth of time of `cpu.max`: infinite for `max 100000`, 2 for `200000 100000`; `undefined` when it is neither. */
function parseCpuMax(text: string): number | undefined {
  const match = /^(max|\d+) (\d+)$/.exec(text.trim())
  const cpus = match?.[1] === 'max' ? Infinity : Number(match?.[1]) / Number(match?.[2])
  return cpus > 0 ? cpus : undefined
}

/** The value of one key in a file of `key value` lines. */
function parseField(text: string, key: string): number | undefined {
  const value = new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1]
  return value === undefined ? undefined : Number(value)
}

async function field(path: string, key: string): Promise<number> {
  return parseField((await readIfThere(path)) ?? '', key) ?? malformed(path)
}

async function number(path: string): Promise<number> {
  const text = (await readIfThere(path))?.trim() ?? ''
  return /^-?\d+$/.test(text) ? Number(text) : malformed(path)
}

async function firstDirectory(root: string, names: readonly string[], file: string): Promise<string | undefined> {
  for (const name of names) if ((await readIfThere(join(root, name, file))) !== undefined) return join(root, name)
  return undefined
}
