/**
 * A signal that aborts when the last of the others has, or the engine: a call serves all of them. `release` takes its listeners
 * off again; left on a signal that lives long they would keep every batch in memory.
 */
export function whileAnyLives(signals: readonly AbortSignal[], closing: AbortSignal): { readonly signal: AbortSignal; release(): void } {
  const all = new AbortController()
  const released = new AbortController()
  const check = (): void => {
    if (closing.aborted || signals.every(({ aborted }) => aborted)) all.abort()
  }
  for (const signal of [closing, ...signals]) signal.addEventListener('abort', check, { signal: released.signal })
  check()
  return { signal: all.signal, release: () => released.abort() }
}
