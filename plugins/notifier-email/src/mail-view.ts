import { cutLines, type Fact, type Level, levelWord, type Message, type Notification } from '@tocsin/core'
import { clip } from './clip.ts'

/** What a template sees. Every key is always there; plain text that Handlebars escapes. */
export interface MailView {
  /** `RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2`. */
  readonly title: string
  /** `OK`, `AMBER` or `RED`. */
  readonly word: string
  /** Background that belongs to the word, `#b42318`. */
  readonly color: string
  /** Text colour that can be read on `color`. */
  readonly ink: string
  /** True for a message that only tries the channel. */
  readonly test: boolean
  /** One sentence by the author of the rule. */
  readonly summary: string | undefined
  /** One for each alert, worst first; empty where there is just one alert. */
  readonly lines: readonly string[]
  /** How many lines were left out. */
  readonly rest: number
  readonly facts: readonly Fact[]
  readonly runbook: string | undefined
  /** `runbook`, where it is a web address that may be a link. */
  readonly runbookUrl: string | undefined
  readonly monitor: string
  readonly receiver: string
}

const COLORS: Readonly<Record<Level, Pick<MailView, 'color' | 'ink'>>> = {
  critical: { color: '#b42318', ink: '#ffffff' },
  warning: { color: '#fdb022', ink: '#1f1300' },
  none: { color: '#027a48', ink: '#ffffff' },
}

/** @param mostLines how many alerts are spelt out; the rest is counted. */
export function mailView(message: Message, { monitor, receiver }: Pick<Notification, 'monitor' | 'receiver'>, mostLines: number): MailView {
  const { shown, rest } = cutLines(message.lines, mostLines)
  return {
    title: message.title,
    word: levelWord(message.level),
    ...COLORS[message.level],
    test: message.test,
    summary: message.summary,
    lines: shown,
    rest,
    facts: message.facts,
    runbook: message.runbook,
    runbookUrl: message.runbook !== undefined && isWebAddress(message.runbook) ? message.runbook : undefined,
    monitor: clip(monitor, 100),
    receiver: clip(receiver, 100),
  }
}

/** A `javascript:` or `data:` address must never become a link, nor one that was cut. */
function isWebAddress(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '') && !text.endsWith('…')
}
