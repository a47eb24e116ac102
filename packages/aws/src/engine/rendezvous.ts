import type { Clock } from '@tocsin/core'

/**
 * Lets several parties, each on its own time, put what they have for a place into one batch. A party takes a seat before it knows
 * its places; a place's batch is run when every seat that may still add to it has done so or left, or when the first one has
 * waited long enough.
 */
export interface Rendezvous<Item> {
  /** Takes a seat. Every batch waits for it until it names its places. */
  join(): RendezvousSeat<Item>
}

export interface RendezvousSeat<Item> {
  /** Only these places wait for this seat from now on. */
  expect(places: readonly string[]): void
  /** Adds to the place's batch; the place waits for this seat no longer. */
  add(place: string, item: Item): void
  /** Nothing more will come for the place. */
  pass(place: string): void
  /** Nothing more will come at all. */
  leave(): void
}

interface Batch<Item> {
  readonly items: Item[]
  readonly done: AbortController
}

/**
 * @param longest milliseconds that the first item of a batch waits.
 * @param run called once for every batch.
 */
export function createRendezvous<Item>(clock: Clock, longest: number, run: (place: string, items: readonly Item[]) => void): Rendezvous<Item> {
  const seats = new Set<{ places: Set<string> | undefined }>()
  const batches = new Map<string, Batch<Item>>()

  const flush = (place: string): void => {
    const batch = batches.get(place)
    if (!batch) return
    batches.delete(place)
    batch.done.abort()
    run(place, batch.items)
  }
  const flushReady = (): void => {
    for (const place of batches.keys()) {
      if (![...seats].some(({ places }) => places === undefined || places.has(place))) flush(place)
    }
  }

  const flushLater = async (place: string, batch: Batch<Item>): Promise<void> => {
    await clock.sleep(longest, batch.done.signal)
    if (batches.get(place) === batch) flush(place)
  }

  return {
    join() {
      const seat: { places: Set<string> | undefined } = { places: undefined }
      seats.add(seat)
      const pass = (place: string): void => {
        seat.places?.delete(place)
        flushReady()
      }
      return {
        expect(places) {
          seat.places = new Set(places)
          flushReady()
        },
        add(place, item) {
          const batch = batches.get(place) ?? { items: [], done: new AbortController() }
          batch.items.push(item)
          if (!batches.has(place)) {
            batches.set(place, batch)
            void flushLater(place, batch)
          }
          pass(place)
        },
        pass,
        leave() {
          seats.delete(seat)
          flushReady()
        },
      }
    },
  }
}
