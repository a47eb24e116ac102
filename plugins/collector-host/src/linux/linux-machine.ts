import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { InterfaceCounters, Machine } from '../machine.ts'
import { cpuLimit, memoryLimit } from './cgroup.ts'
import { type Meminfo, parseMeminfo } from './meminfo.ts'
import { localFilesystems, parseMountinfo } from './mountinfo.ts'
import { parseNetDev } from './net-dev.ts'
import { parseProcStat, type ProcStat } from './proc-stat.ts'
import { malformed, read, readIfThere } from './read.ts'

/** A Linux machine or container, read from where its kernel shows itself. */
export function linuxMachine({ proc, sys }: { readonly proc: string; readonly sys: string }): Machine {
  const cgroup = join(sys, 'fs/cgroup')

  const procStat = async (): Promise<ProcStat> => {
    const path = join(proc, 'stat')
    return parseProcStat(await read(path)) ?? malformed(path)
  }
  const meminfo = async (): Promise<Meminfo> => parseMeminfo(await read(join(proc, 'meminfo')))

  return {
    async cpu() {
      const { busy, total, cpus } = await procStat()
      const limit = await cpuLimit(cgroup, cpus)
      return limit ? { of: 'limit', busy: limit.used, cpus: limit.cpus } : { of: 'machine', busy, total }
    },

    async memory() {
      const { total = 0, available } = await meminfo()
      if (total <= 0 || available === undefined) return malformed(join(proc, 'meminfo'))
      const limit = await memoryLimit(cgroup, total)
      return limit ? (100 * limit.used) / limit.limit : 100 * (1 - available / total)
    },

    async swap() {
      const { swapTotal, swapFree } = await meminfo()
      if (swapTotal === undefined || swapFree === undefined) return malformed(join(proc, 'meminfo'))
      return swapTotal === 0 ? 0 : 100 * (1 - swapFree / swapTotal)
    },

    async load() {
      const path = join(proc, 'loadavg')
      const average = /^(\d+\.\d+) /.exec(await read(path))?.[1] ?? malformed(path)
      return Number(average) / (await procStat()).cpus
    },

    async mounts() {
      const mounts = parseMountinfo(await read(join(proc, 'self/mountinfo')))
      const points = new Set(mounts.map(({ mountPoint }) => mountPoint))
      const local = await Promise.all(localFilesystems(mounts).map(firstDirectory))
      return { local: local.filter((point) => point !== undefined), has: (point) => points.has(point) }
    },

    async interfaces() {
      const counters = parseNetDev(await read(join(proc, 'net/dev')))
      return Promise.all(counters.map((one) => withIndex(one, join(sys, 'class/net', one.name, 'ifindex'))))
    },

    async linkSpeed(name) {
      // The kernel refuses the file for an interface without a link, and says -1 where it does not know.
      const megabits = Number(await read(join(sys, 'class/net', name, 'speed')).catch(() => NaN))
      return megabits > 0 ? megabits * 1e6 : undefined
    },
  }
}

async function withIndex(counters: InterfaceCounters, path: string): Promise<InterfaceCounters> {
  const index = await readIfThere(path)
  return index === undefined ? counters : { ...counters, index: Number(index) }
}

/** Containers get single files mounted from the machine's disk, such as `/etc/hosts`: those are no place of a filesystem. */
async function firstDirectory(points: readonly string[]): Promise<string | undefined> {
  for (const point of points) if ((await stat(point).catch(() => undefined))?.isDirectory()) return point
  return undefined
}
