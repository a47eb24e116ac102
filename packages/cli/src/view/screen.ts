import type { Stream } from '../shell.ts'
import type { FrameSize } from './live-frame.ts'

const ESC = '\u001B['
/** The other screen, so that what was there comes back; no cursor; no wrapping, so that a misjudged width cannot shift lines. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`
/** Terminals that know it show the whole frame at once; the others pass it over. */
const [BEGIN, END] = [`${ESC}?2026h`, `${ESC}?2026l`]
const HOME = `${ESC}H`
const [ERASE_LINE, ERASE_BELOW] = [`${ESC}2K`, `\r\n${ESC}J`]
const DEFAULT_SIZE: FrameSize = { width: 80, height: 24 }

/** A display that is drawn in place. */
export interface Screen {
  draw(): void
  /** Gives the terminal back as it was. False when that was done before. */
  close(): boolean
}

/** Takes the terminal until `close`, drawing again whenever its size changes and when a stopped job comes back. */
export function openScreen(stream: Stream, frame: (size: FrameSize) => readonly string[]): Screen {
  let open = true
  const draw = (): void => {
    if (!open) return
    const size = { width: stream.columns ?? DEFAULT_SIZE.width, height: stream.rows ?? DEFAULT_SIZE.height }
    const lines = frame(size)
    // Lines are erased before they are written: after a line of full width the cursor stands on its last letter.
    stream.write(`${BEGIN}${HOME}${lines.map((line) => ERASE_LINE + line).join('\r\n')}${lines.length < size.height ? ERASE_BELOW : ''}${END}`)
  }
  const pause = (): void => {
    stream.write(LEAVE)
    process.kill(process.pid, 'SIGSTOP')
  }
  const resume = (): void => {
    stream.write(ENTER)
    draw()
  }
  stream.on('resize', draw)
  process.on('SIGTSTP', pause).on('SIGCONT', resume)
  resume()
  return {
    draw,
    close() {
      if (!open) return false
      open = false
      stream.off('resize', draw)
      process.off('SIGTSTP', pause).off('SIGCONT', resume)
      stream.write(LEAVE)
      return true
    },
  }
}
