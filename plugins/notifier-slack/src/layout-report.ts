import type { ShortLetter } from '@tocsin/core'
import { factBlocks, type Layout, LONGEST, plain } from './layout.ts'
import { fit, fitLines } from './text.ts'

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
      ...factBlocks(facts),
      ...(lines.length === 0 ? [] : [plain(fitLines(lines, LONGEST.lines))]),
    ],
    attachments: [],
  }
}
