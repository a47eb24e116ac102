/** So many at once; the others wait in the order in which they came. */
export interface Places {
  /** Runs `work` as soon as a place is free. */
  hold<T>(work: () => Promise<T>): Promise<T>
  /** Refuses whatever waits. */
  close(): void
}

interface Waiting {
  readonly enter: () => void
  readonly refuse: (error: Error) => void
}

export function openPlaces(most: number): Places {
  let free = most
  let waiting: Waiting[] = []
  return {
    async hold(work) {
      if (free > 0) free -= 1
      else await new Promise<void>((enter, refuse) => waiting.push({ enter, refuse }))
      try {
        return await work()
      } finally {
        // A place is handed on, so that nobody who comes now is served before those who wait.
        const next = waiting.shift()
        if (next === undefined) free += 1
        else next.enter()
      }
    },
    close() {
      for (const { refuse } of waiting) refuse(new Error('the rate limiter was closed'))
      waiting = []
    },
  }
}
