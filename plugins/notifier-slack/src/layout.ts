import type { Fact, Level, Message } from '@tocsin/core'
import type { ChatPostMessageArguments } from '@slack/web-api'
import { escapeText, fit, fitLines } from './text.ts'

type Attachment = Extract<ChatPostMessageArguments, { attachments: unknown }>['attachments'][number]
type Block = NonNullable<Attachment['blocks']>[number]

/** What is posted, whichever way it goes. */
export interface Layout {
  /** What a lock screen and a screen reader show. */
  readonly text: string
  readonly blocks: Block[]
  /** Present even when empty: an edit without it would keep the old ones. */
  readonly attachments: Attachment[]
}

/** The bar beside the message. The word in the title says the same. */
const COLOURS: Readonly<Record<Level, string>> = { none: '#2eb67d', warning: '#ecb22e', critical: '#e01e5a' }

/**
 * Longest texts, in characters after escaping. Slack allows 150 in a header, 3,000 in a section, 2,000 in a field, ten fields in a
 * section and 50 blocks (docs.slack.dev/reference/block-kit), and refuses about 13,200 in all with `msg_blocks_too_long`, which it
 * does not document (github.com/slackapi/bolt-js/issues/2509). These add up to less, whatever is in them.
 */
export const LONGEST = { header: 150, title: 300, summary: 600, lines: 2_900, name: 40, value: 360, runbook: 1_500 } as const
const FACTS_IN_SECTION = 5
const MOST_FACTS = 10
const LINES_IN_REPLY = 10

/** The whole message: title, whom it calls, and beside a coloured bar the summary, the alerts, the facts and the runbook. */
export function layoutMessage(message: Message, mention: string | undefined): Layout {
  const header = fit(message.title, LONGEST.header)
  const title = fit(message.title, LONGEST.title)
  const body = [
    ...(message.summary ? [plain(fit(message.summary, LONGEST.summary))] : []),
    ...(message.lines.length > 0 ? [plain(fitLines(message.lines, LONGEST.lines))] : []),
    ...factBlocks(message.facts),
    ...(message.runbook ? [runbookBlock(message.runbook)] : []),
  ]
  return {
    text: title,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: header, emoji: false } },
      ...(header === title ? [] : [plain(title)]),
      ...(mention === undefined ? [] : [markup(mention)]),
    ],
    attachments: body.length === 0 ? [] : [{ color: COLOURS[message.level], blocks: body }],
  }
}

/** A short reply in a thread: the title as it is now, and what is new. Without attachments: a reply that is shown in the channel too cannot carry them. */
export function layoutReply(message: Message, lines: readonly string[], mention: string | undefined): Layout {
  const title = fit(message.title, LONGEST.title)
  const news = lines.length === 0 ? [] : [fitLines(lines, LONGEST.lines - title.length, LINES_IN_REPLY)]
  return {
    text: title,
    blocks: [plain([title, ...news].join('\n')), ...(mention === undefined ? [] : [markup(mention)])],
    attachments: [],
  }
}

/** Names and values two by two, the name in bold. */
export function factBlocks(facts: readonly Fact[], longestValue: number = LONGEST.value): Block[] {
  const shown = facts.filter(({ name, value }) => name !== '' && value !== '').slice(0, MOST_FACTS)
  const blocks: Block[] = []
  for (let first = 0; first < shown.length; first += FACTS_IN_SECTION) {
    const fields = shown.slice(first, first + FACTS_IN_SECTION).flatMap(({ name, value }) => [
      { type: 'mrkdwn' as const, text: `*${fit(name, LONGEST.name)}*`, verbatim: true },
      { type: 'plain_text' as const, text: fit(value, longestValue), emoji: false },
    ])
    blocks.push({ type: 'section', fields })
  }
  return blocks
}

function runbookBlock(runbook: string): Block {
  const link = linkTo(runbook)
  return link === undefined ? plain(fit(`Runbook: ${runbook}`, LONGEST.value)) : markup(`<${link}|Runbook>`)
}

/** A web address that can stand in a link, or `undefined`: a cut or foreign one is better shown as text. */
function linkTo(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const link = escapeText(new URL(text).href.replaceAll('|', '%7C'))
  return link.length > LONGEST.runbook ? undefined : link
}

/** Text from outside. As plain text neither `*`, `_` and backticks nor an emoji's `:aws:`, as in an ARN, change how it reads. */
export const plain = (text: string): Block => ({ type: 'section', text: { type: 'plain_text', text, emoji: false } })

/** Our own markup. Verbatim: Slack adds no links and no mentions to it. */
const markup = (text: string): Block => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } })
