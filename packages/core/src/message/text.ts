import type { Message } from './message.ts'

/** The longest list of alerts that a message spells out; the rest is counted. */
const MOST_LINES = 50

/** A message as plain text: the console's, the file's and the text part of a mail. */
export function messageText(message: Message, mostLines = MOST_LINES): string {
  const { shown, rest } = cutLines(message.lines, mostLines)
  return [
    message.title,
    ...(message.summary === undefined ? [] : [message.summary]),
    ...shown.map((line) => `  ${line}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
    ...message.facts.map(({ name, value }) => `  ${name}: ${value}`),
    ...(message.runbook === undefined ? [] : [`  Runbook: ${message.runbook}`]),
  ].join('\n')
}

/** The first lines and how many were left out. */
export function cutLines(lines: readonly string[], most: number): { readonly shown: readonly string[]; readonly rest: number } {
  return { shown: lines.slice(0, most), rest: Math.max(0, lines.length - most) }
}
