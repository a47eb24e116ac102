import type { ShortLetter } from '../model/letter.ts'

/** The short form of a report as lines of plain text. */
export function shortLetterText({ title, summary, facts, lines }: ShortLetter): string {
  const parts = [[title, summary], facts.map(({ name, value }) => `${name}: ${value}`), lines]
  return parts.filter((part) => part.length > 0).map((part) => part.join('\n')).join('\n\n')
}
