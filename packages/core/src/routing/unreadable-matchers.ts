import { TocsinError } from '../errors.ts'
import { shorten } from './matcher.ts'

/** The error for a text that is no list of matchers. `column` counts characters from 0; people read it from 1. */
export function unreadable(text: string, column: number, what: string, cause?: unknown): TocsinError {
  return new TocsinError('E103', `the matchers ${shorten(text)} cannot be read: column ${column + 1}: ${shorten(what)}`, {
    fix: 'write name="value" with = != =~ or !~, more of them with commas between',
    cause,
  })
}
