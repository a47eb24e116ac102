import type { Message } from '@tocsin/core'

/** The longest texts a mail shows. Names come from outside and may be of any length; with these the HTML stays below its limit. */
const LONGEST = { title: 300, topic: 200, text: 600, line: 300 } as const

/** The text, cut with an ellipsis where it is longer than `most` UTF-16 units. Never cuts a character in half. */
export function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** The message with every text of a bounded length. */
export function clipMessage(message: Message): Message {
  return {
    ...message,
    title: clip(message.title, LONGEST.title),
    topic: clip(message.topic, LONGEST.topic),
    facts: message.facts.map(({ name, value }) => ({ name, value: clip(value, LONGEST.text) })),
    lines: message.lines.map((line) => clip(line, LONGEST.line)),
    ...(message.summary === undefined ? {} : { summary: clip(message.summary, LONGEST.text) }),
    ...(message.runbook === undefined ? {} : { runbook: clip(message.runbook, LONGEST.text) }),
  }
}
