import { wrapAnsi } from 'fast-wrap-ansi'
import { truncate } from '../text/columns.ts'
import type { Paint } from '../text/paint.ts'
import type { CycleRow } from './cycle-rows.ts'
import { countLine, cycleTable } from './cycle-table.ts'

/** What the live display shows at one moment. */
export interface LiveState {
  /** The monitor's name. */
  readonly name: string
  /** `every 5s · pass 3 at 12:00:05 UTC`. */
  readonly detail: string
  /** Worst first. */
  readonly rows: readonly CycleRow[]
  /** The cycle's time, milliseconds since the epoch; `undefined` before the first. */
  readonly now: number | undefined
  readonly trend: (row: CycleRow) => string
  /** Oldest first. */
  readonly messages: readonly string[]
  /** What the reader can do. */
  readonly footer: string
}

export interface FrameSize {
  readonly width: number
  readonly height: number
}

/** Rows of messages that a long table leaves room for. */
const LEAST_MESSAGES = 4
/** Title, blank, column titles; blank before messages; footer. */
const FRAME_LINES = 5

/** The display as lines, never more than the height and, colour aside, never wider than the width. The worst rows stay; the rest is counted. */
export function liveFrame({ name, detail, rows, now, trend, messages, footer }: LiveState, { width, height }: FrameSize, paint: Paint): string[] {
  const free = Math.max(1, height - FRAME_LINES)
  const said = messages.slice(-height).flatMap((message) => wrapAnsi(message, width, { hard: true, trim: false }).split('\n'))
  const forMessages = Math.min(said.length, Math.max(LEAST_MESSAGES, free - rows.length))
  const forRows = Math.max(1, free - forMessages)
  // The line that counts the rest takes the place of a row.
  const shown = rows.length > forRows ? rows.slice(0, Math.max(1, forRows - 1)) : rows
  const table = now === undefined ? ['first pass under way'] : cycleTable(shown, { now, trend, width, paint })
  const rest = rows.slice(shown.length)
  const body = [
    paint('bold', truncate([name, ...(now === undefined ? [] : [countLine(rows)]), detail].join(' · '), width)),
    '',
    ...table,
    ...(rest.length > 0 ? [paint('dim', truncate(`and ${rest.length} more${rest.every(({ state }) => state === 'OK') ? ', all OK' : ''}`, width))] : []),
    '',
  ].slice(0, Math.max(1, height - 1))
  const room = Math.max(0, height - 1 - body.length)
  return [...body, ...(room === 0 ? [] : said.slice(-room)), ...(height > 1 ? [paint('dim', truncate(footer, width))] : [])]
}
