import type { Clock } from '../clock.ts'
import { TocsinError } from '../errors.ts'
import type { Logger } from '../log/logger.ts'
import { endIdentity, identityText, lifeOf, newIdentity } from './process-identity.ts'
import type { LeaseHolder, Store } from './store.ts'

export interface RunnerLeaseOptions {
  readonly store: Store
  /** The monitor's name. */
  readonly monitor: string
  readonly clock: Clock
  readonly logger: Logger
  /** Waits until the runner that is there is no more, in place of failing. Default false. */
  readonly standby?: boolean
  /** Ends the waiting. */
  readonly signal: AbortSignal
}

/** The right to run a monitor on a store: one process has it at a time. */
export interface RunnerLease {
  /** The store, every transaction of which fails with E503 once another runner has taken over: what it had decided is then void. */
  readonly store: Store
  /** Aborted, with the E503 as its reason, when another runner has taken over: this process stood still for too long. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

/** A runner that has not been heard of for this long counts as dead. That of a dead process on the same machine is taken over at once. */
const TERM = 30_000
/** How often a runner is heard of. */
const RENEWAL = 10_000
/** Between two looks at a lease that somebody else holds. */
const LOOK = 1_000

/**
 * Takes the lease of a monitor, from a runner that is dead if need be. Death is not told by comparing clocks, which may differ or be set
 * back, but by waiting: a lease that has not been renewed while this process looked on for `TERM` has no owner any more.
 *
 * @throws TocsinError E503 while another runner has it.
 */
export async function takeRunnerLease(options: RunnerLeaseOptions): Promise<RunnerLease> {
  const { store, monitor, clock, logger, standby = false, signal } = options
  const name = `runner/${monitor}`
  const owner = newIdentity()
  // At no time has a lease run out: `until` only shows that its owner is alive.
  const acquire = (over?: number): Promise<number | undefined> =>
    store.transaction((tx) => tx.leases.acquire({ name, owner, now: 0, until: clock.now() + TERM, ...(over === undefined ? {} : { over }) }))
  const holder = (): Promise<LeaseHolder | undefined> => store.transaction((tx) => tx.leases.holder(name))

  try {
    await takeOver()
  } catch (error) {
    endIdentity(owner)
    throw error
  }
  const lost = new AbortController()
  const ended = new AbortController()
  const loseTo = (other: LeaseHolder | undefined): TocsinError => {
    const error = new TocsinError('E503', `monitor ${monitor} was taken over by ${whoIs(other)}`, { fix: 'this process stood still for too long: look for what held it up' })
    lost.abort(error)
    return error
  }

  const renewal = (async () => {
    for (;;) {
      await clock.sleep(RENEWAL, ended.signal)
      if (ended.signal.aborted) return
      try {
        if ((await acquire()) === undefined) return void loseTo(await holder())
      } catch (error) {
        // Nobody else can take it either while the store is out of reach.
        logger.warn({ error: String(error) }, 'the lease of this runner could not be renewed; trying again')
      }
    }
  })()

  return {
    store: {
      ...store,
      transaction: (work) =>
        store.transaction(async (tx) => {
          if (!(await tx.leases.confirm(name, owner))) throw loseTo(await tx.leases.holder(name))
          return work(tx)
        }),
    },
    lost: lost.signal,
    async release() {
      ended.abort()
      await renewal
      await store.transaction((tx) => tx.leases.release(name, owner)).catch((error: unknown) => logger.warn({ error: String(error) }, 'the lease of this runner could not be given back'))
      endIdentity(owner)
    },
  }

  async function takeOver(): Promise<void> {
    let seen: LeaseHolder | undefined
    let silent = 0
    for (;;) {
      const held = await patiently(async () => ((await acquire()) === undefined ? await holder() : 'mine'))
      if (held === 'mine') return
      if (held === undefined) continue
      const life = lifeOf(held.owner)
      const renewed = seen !== undefined && (held.fence !== seen.fence || held.until !== seen.until)
      // One that another has taken over by now is no longer the one that was silent.
      silent = renewed || life === 'alive' || seen === undefined ? 0 : silent + LOOK
      if (life === 'dead' || silent >= TERM) {
        if ((await patiently(() => acquire(held.fence))) !== undefined) return
      } else if (!standby && (life === 'alive' || renewed)) {
        throw new TocsinError('E503', `monitor ${monitor} is run by ${whoIs(held)}`, { fix: 'stop that process, or wait as a standby: tocsin run --continuous --standby' })
      } else if (seen === undefined) logger.info({ monitor, holder: identityText(held.owner) }, 'waiting for the runner that is there')
      seen = held
      await pause()
    }
  }

  /** A standby outlives a store that is out of reach for a while: so does the runner that it waits for. */
  async function patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if (!standby || (error instanceof TocsinError && error.permanent)) throw error
        logger.warn({ error: String(error) }, 'the store is out of reach; a standby goes on waiting')
        await pause()
      }
    }
  }

  async function pause(): Promise<void> {
    await clock.sleep(LOOK, signal)
    if (signal.aborted) throw signal.reason
  }
}

const whoIs = (holder: LeaseHolder | undefined): string => (holder === undefined ? 'somebody else' : identityText(holder.owner))
