import { availableParallelism, cpus, loadavg } from 'node:os'
import type { InterfaceCounters, Machine } from './machine.ts'
import { unmeasurable } from './unmeasurable.ts'

/** Volumes of macOS that belong to the system and share their space with the data volume. */
const SYSTEM_VOLUME = /^\/System\/Volumes\/(?!Data$)/

/** Any system that Node runs on, through `systeminformation`. It is loaded when first needed. */
export function portableMachine(): Machine {
  const library = () => import('systeminformation')

  return {
    async cpu() {
      const times = cpus().map(({ times: { user, nice, sys, irq, idle } }) => ({ busy: user + nice + sys + irq, idle }))
      if (times.length === 0) throw unmeasurable('this system does not give the times of its CPUs')
      const busy = times.reduce((sum, one) => sum + one.busy, 0)
      return { of: 'machine', busy, total: times.reduce((sum, one) => sum + one.idle, busy) }
    },

    async memory() {
      const { total, available } = await (await library()).mem()
      return percent(total - available, total)
    },

    async swap() {
      const { swaptotal, swapused } = await (await library()).mem()
      return swaptotal === 0 ? 0 : percent(swapused, swaptotal)
    },

    async load() {
      if (process.platform === 'win32') throw unmeasurable('Windows has no load average', { fix: 'watch "cpu" instead' })
      return (loadavg()[0] ?? NaN) / availableParallelism()
    },

    async mounts() {
      const filesystems = await (await library()).fsSize()
      const local = filesystems.map(({ mount }) => mount).filter((mount) => !SYSTEM_VOLUME.test(mount))
      // The library leaves some filesystems out, so it cannot tell that nothing is mounted somewhere.
      return { local, has: () => true }
    },

    async interfaces() {
      const stats = await (await library()).networkStats('*')
      return stats.map(counters)
    },

    async linkSpeed(name) {
      const found = await (await library()).networkInterfaces()
      const megabits = (Array.isArray(found) ? found : [found]).find(({ iface }) => iface === name)?.speed ?? 0
      return megabits > 0 ? megabits * 1e6 : undefined
    },
  }
}

interface Stats {
  readonly iface: string
  readonly rx_bytes: number
  readonly tx_bytes: number
  readonly rx_errors: number
  readonly tx_errors: number
  readonly rx_dropped: number
  readonly tx_dropped: number
}

/** The library answers zero where it could not read; a rate from there would be a spike. */
export function counters({ iface, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped }: Stats): InterfaceCounters {
  const known = rx_bytes > 0 || tx_bytes > 0
  const faults = [rx_errors, tx_errors, rx_dropped, tx_dropped].reduce((sum, count) => sum + (count || 0), 0)
  return { name: iface, received: known ? rx_bytes : NaN, sent: known ? tx_bytes : NaN, faults: known ? faults : NaN }
}

function percent(part: number, whole: number): number {
  if (!(whole > 0)) throw unmeasurable('this system does not give its memory')
  return (100 * part) / whole
}
