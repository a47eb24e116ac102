/** A signal that aborts when the last of several others has. */
export interface SharedLife {
  readonly signal: AbortSignal
  /** One more to live for. */
  join(signal: AbortSignal): void
  /** Takes its listeners off again; left on a signal that lives long they would keep every batch in memory. */
  release(): void
}

/** A life that ends with the last of those who join, or with the engine: a poll serves all of them. */
export function whileAnyLives(signals: readonly AbortSignal[], closing: AbortSignal): SharedLife {
  const all = new AbortController()
  const released = new AbortController()
  const joined = new Set<AbortSignal>()
  const check = (): void => {
    if (closing.aborted || [...joined].every(({ aborted }) => aborted)) all.abort()
  }
  const join = (signal: AbortSignal): void => {
    if (joined.has(signal) || released.signal.aborted) return
    joined.add(signal)
    signal.addEventListener('abort', check, { signal: released.signal })
  }
  closing.addEventListener('abort', check, { signal: released.signal })
  signals.forEach(join)
  check()
  return { signal: all.signal, join, release: () => released.abort() }
}
