import { TocsinError } from '../errors.ts'
import type { Interpolated } from './interpolate.ts'

/** From this length a value is hidden in every error, not only in one about its place. */
const TELLING_LENGTH = 8

/** A shorter value is hidden only where the error quotes it: `5` and `no` are in too many words. */
const SHORTEST_WORD = 4

/**
 * The error with everything that placeholders held shown as the placeholder: `"url" cannot be ${SLACK_URL}`.
 *
 * @param near the placeholders at the place that the error is about.
 * @param all those of the whole configuration.
 */
export function hideValues(error: TocsinError, near: readonly Interpolated[], all: readonly Interpolated[]): TocsinError {
  const shown = (error: TocsinError, part: 'message' | 'fix'): string => {
    let text = error[part]
    const replace = (value: string | RegExp, placeholder: string): void => void (text = text.replaceAll(value, () => placeholder))
    for (const { text: filled, written, values } of near) {
      replace(`a text of ${filled.length} characters`, written)
      if (near.length === 1) replace('what stands there', written)
      for (const { placeholder, value } of [{ placeholder: written, value: filled }, ...values]) {
        if (value === '') continue
        replace(`"${value}"`, placeholder)
        if (value.length >= SHORTEST_WORD) replace(value, placeholder)
        // A fix tells what would be right: a short word there is not the value.
        else if (part === 'message') replace(wholeWord(value), placeholder)
      }
    }
    for (const { placeholder, value } of all.flatMap(({ values }) => values)) {
      if (value.length >= TELLING_LENGTH) replace(value, placeholder)
    }
    return text
  }
  const [message, fix] = [shown(error, 'message'), shown(error, 'fix')]
  if (near.length === 0 && message === error.message && fix === error.fix) return error
  // The cause goes: it may hold the value, too.
  return new TocsinError(error.code, message, { ...(error.where === undefined ? {} : { where: error.where }), fix, permanent: error.permanent })
}

function wholeWord(value: string): RegExp {
  const escaped = value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return new RegExp(`(?<!\\w)${escaped}(?!\\w)`, 'g')
}
