import type { HistoryRange } from '@tocsin/core'
import { LATEST_TIME } from './time-column.ts'

/**
 * A range as databases understand it: in whole milliseconds, none of them beyond what is kept.
 *
 * @throws RangeError for one that has no start or no end.
 */
export function bounded({ from, until }: Pick<HistoryRange, 'from' | 'until'>): { readonly from: number; readonly until: number } {
  if (Number.isNaN(from) || Number.isNaN(until)) throw new RangeError('a range has no start or no end')
  const whole = (time: number): number => Math.min(Math.max(0, Math.ceil(time)), LATEST_TIME + 1)
  return { from: whole(from), until: Math.max(whole(from), whole(until)) }
}
