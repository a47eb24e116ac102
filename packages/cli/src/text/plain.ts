import { oneLine } from '@tocsin/core'

/** Text of several lines with every line made harmless, its indentation kept. */
export function plainLines(text: string): string[] {
  return text.split('\n').map((line) => (/^ */.exec(line)?.[0] ?? '') + oneLine(line))
}
