import type { Clock } from '../clock.ts'

/** A clock that stands still until told otherwise. Sleepers wake in order of their time. */
export class FakeClock implements Clock {
  #now: number
  #sleepers: { readonly at: number; readonly wake: () => void }[] = []

  /** @param start milliseconds since the epoch, or an ISO date. */
  constructor(start: number | string = '2026-01-05T12:00:00Z') {
    this.#now = typeof start === 'number' ? start : Date.parse(start)
  }

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const sleeper = { at: this.#now + Math.max(0, ms), wake: resolve }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', () => this.#wake(sleeper), { once: true })
    })
  }

  /** How many sleep. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  /** Moves time on, waking each sleeper at its own instant and letting it run before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await settle()
      const next = this.#sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#now = Math.max(this.#now, next.at)
      this.#wake(next)
    }
    this.#now = end
    await settle()
  }

  /** Sets the time without waking anybody: a clock that was put back, or a machine that slept. */
  set(now: number): void {
    this.#now = now
  }

  #wake(sleeper: { readonly at: number; readonly wake: () => void }): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
    sleeper.wake()
  }
}

/** Lets every pending promise run. Twice around the event loop, so that I/O that is already done is seen. */
async function settle(): Promise<void> {
  for (let round = 0; round < 2; round++) await new Promise((resolve) => setImmediate(resolve))
}
