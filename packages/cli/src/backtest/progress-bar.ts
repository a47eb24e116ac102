import { oneLine } from '@tocsin/core'
import type { Invocation } from '../invocation.ts'

/** Shows on a terminal how far a long work is; elsewhere it shows nothing. */
export interface ProgressBar {
  /** @param share from 0 to 1. */
  show(what: string, share: number): void
  /** Takes it away. */
  clear(): void
}

const CELLS = 24
/** Drawing more often than this would only flicker. */
const PAUSE = 80

export function openProgressBar({ shell, json }: Pick<Invocation, 'shell' | 'json'>): ProgressBar {
  const { stderr } = shell
  if (json || stderr.isTTY !== true) return { show() {}, clear() {} }
  let drawnAt = -Infinity
  return {
    show(what, share) {
      if (shell.now() - drawnAt < PAUSE) return
      drawnAt = shell.now()
      const done = Math.min(1, Math.max(0, share))
      const full = Math.round(done * CELLS)
      const text = `${'█'.repeat(full)}${'░'.repeat(CELLS - full)} ${String(Math.floor(done * 100)).padStart(3)}% ${oneLine(what)}`
      stderr.write(`\r\u001B[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`)
    },
    clear() {
      if (drawnAt > -Infinity) stderr.write('\r\u001B[2K')
      drawnAt = -Infinity
    },
  }
}
