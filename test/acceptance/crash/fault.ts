import type { Store, Transaction } from '@tocsin/core'

/** The process is no more: nothing of it goes on. */
class Crash extends Error {}

const never = new Promise<never>(() => {})

/**
 * Ends a process, as far as the world can see, at one of its input and output steps: a transaction under way is rolled back, as the database
 * does when its client dies, and no later step happens.
 */
export interface Fault {
  /** Steps so far. */
  readonly steps: number
  /** The step at which it ended. */
  readonly at: string | undefined
  /** Resolves when it has ended. */
  readonly crashed: Promise<void>
  /** Keys of messages that were being sent, or whose outcome was not yet recorded. */
  readonly inFlight: ReadonlySet<string>
  store(store: Store): Store
  /** Hands a message over to its receiver: the process may end before that, or before it hears the answer. */
  send<T>(key: string, handOver: () => T): Promise<T>
}

/** @param last the step at which the process ends, from 1. `Infinity` for a process that lives. */
export function faultAt(last: number): Fault {
  let steps = 0
  let at: string | undefined
  const crashed = Promise.withResolvers<void>()
  const inFlight = new Set<string>()

  const step = (name: string): void => {
    if (at !== undefined) throw new Crash()
    steps += 1
    if (steps < last) return
    at = name
    crashed.resolve()
    throw new Crash()
  }
  /** What a dead process waits for never comes. */
  const living = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Crash) return never
      throw error
    }
  }

  return {
    get steps() {
      return steps
    },
    get at() {
      return at
    },
    crashed: crashed.promise,
    inFlight,
    store: (store) => ({
      transaction: (work) =>
        living(async () => {
          step('begin')
          const settled: string[] = []
          const result = await store.transaction(async (tx) => {
            const done = await work(stepping(tx, step, settled))
            step('commit')
            return done
          })
          for (const key of at === undefined ? settled : []) inFlight.delete(key)
          step('committed')
          return result
        }),
      close: () => store.close(),
    }),
    send: (key, handOver) =>
      living(async () => {
        inFlight.add(key)
        step('send')
        const answer = handOver()
        step('sent')
        return answer
      }),
  }
}

/** A transaction each call of which is a step. */
function stepping(tx: Transaction, step: (name: string) => void, settled: string[]): Transaction {
  const part = <T extends object>(name: string, inner: T): T =>
    new Proxy(inner, {
      get(target, method, receiver) {
        const value: unknown = Reflect.get(target, method, receiver)
        if (typeof value !== 'function') return value
        return (...args: unknown[]): unknown => {
          step(`${name}.${String(method)}`)
          if (method === 'settle') settled.push(String(args[0]))
          return Reflect.apply(value, target, args)
        }
      },
    })
  return Object.fromEntries(Object.entries(tx).map(([name, inner]) => [name, part(name, inner as object)])) as unknown as Transaction
}
