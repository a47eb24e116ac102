import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type { CollectContext } from '@tocsin/core'
import type { Machine } from './machine.ts'
import type { HostMetric } from './metrics.ts'
import type { Point } from './point.ts'
import { unmeasurable } from './unmeasurable.ts'

const METRICS = ['disk', 'diskInodes'] as const

/** Percent of space and of inodes in use; NaN for a filesystem that does not count them. */
export function usage({ blocks, bfree, bavail, files, ffree }: Pick<StatsFs, 'blocks' | 'bfree' | 'bavail' | 'files' | 'ffree'>) {
  const used = blocks - bfree
  // Blocks that are reserved for root are neither used nor available: this is how df counts.
  return { space: (100 * used) / (used + bavail), inodes: (100 * (files - ffree)) / files }
}

/** Reads the usage of mounts, all local ones where none are named. */
export function diskReader(mounts: readonly string[] | undefined, machine: Machine, read: (mount: string) => Promise<StatsFs> = statfs) {
  const asked = new Map<string, Promise<StatsFs>>()
  /** A dead network mount may never answer, and each question to it holds a thread: so it is asked once. */
  const ask = (mount: string): Promise<StatsFs> => {
    const answer = asked.get(mount) ?? read(mount)
    asked.set(mount, answer)
    return answer.finally(() => asked.delete(mount))
  }

  const points = async (mount: string, context: CollectContext): Promise<Point[]> => {
    try {
      const { space, inodes } = usage(await beforeAbort(ask(mount), context.signal))
      return [
        { metric: 'disk', value: space, labels: { mount } },
        ...(Number.isFinite(inodes) ? [{ metric: 'diskInodes', value: inodes, labels: { mount } } as const] : []),
      ]
    } catch (cause) {
      context.signal.throwIfAborted()
      context.fail(unmeasurable('a filesystem cannot be read', { where: mount, fix: 'let this process read it, or leave it out of "mounts"', cause }), { metrics: METRICS })
      return []
    }
  }

  return async (wanted: ReadonlySet<HostMetric>, context: CollectContext): Promise<Point[]> => {
    const mounted = await machine.mounts()
    const watched = (mounts ?? mounted.local).filter((mount) => {
      if (mounted.has(mount)) return true
      context.fail(unmeasurable('nothing is mounted here', { where: mount, fix: 'mount it, or name the mount point that holds it' }), { metrics: METRICS })
      return false
    })
    const found = (await Promise.all(watched.map((mount) => points(mount, context)))).flat()
    if (wanted.has('diskInodes') && found.length > 0 && !found.some(({ metric }) => metric === 'diskInodes')) {
      context.fail(unmeasurable('no watched filesystem counts inodes', { fix: 'remove the rule' }), { metrics: METRICS })
    }
    return found
  }
}

async function beforeAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
