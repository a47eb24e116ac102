/** Yields what the promises resolve to, the first ready first. Rejects with the first rejection. */
export async function* asCompleted<T>(promises: readonly Promise<T>[]): AsyncGenerator<T> {
  const waiting = new Map(promises.map((promise, index) => [index, promise.then((value) => ({ index, value }))]))
  // A rejection that comes after the first has ended the loop is nobody's to handle.
  for (const promise of waiting.values()) promise.catch(() => {})
  while (waiting.size > 0) {
    const { index, value } = await Promise.race(waiting.values())
    waiting.delete(index)
    yield value
  }
}
