import type { ShortLetter } from '@tocsin/core'
import { factBlocks, type Layout, LONGEST, plain } from './layout.ts'
import { fit, fitLines } from './text.ts'

/** Shorter than in a message, for a report may have both ten facts and lines that fill a section. */
const LONGEST_VALUE = 120

/** The short form of a report: title, what to do first, facts, and the worst rows as far as a section holds them. */
export function layoutReport({ title, summary, facts, lines }: ShortLetter): Layout {
  const shown = fit(title, LONGEST.header)
  const whole = fit(title, LONGEST.title)
  return {
    text: whole,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: shown, emoji: false } },
      ...(shown === whole ? [] : [plain(whole)]),
      ...(summary === '' ? [] : [plain(fit(summary, LONGEST.summary))]),
      ...factBlocks(facts, LONGEST_VALUE),
      ...(lines.length === 0 ? [] : [plain(fitLines(lines, LONGEST.lines))]),
    ],
    attachments: [],
  }
}
