import { TocsinError } from '@tocsin/core'
import { z } from 'zod'
import { compileLayout, type Layout } from './layout.ts'
import type { MailView } from './mail-view.ts'
import { readOptionFile } from './read-option-file.ts'

/** Has every part, so that a misspelt name in a branch that is seldom taken is found when the configuration is read, not at night. */
const FULL: MailView = {
  title: 'RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2',
  word: 'RED',
  color: '#b42318',
  ink: '#ffffff',
  test: true,
  summary: 'The web servers are busy.',
  lines: ['RED web-3 cpu 91% (> 80% for 5m)', 'AMBER web-2 cpu 65% (> 60% for 5m)'],
  rest: 1,
  facts: [{ name: 'Since', value: '2026-01-05 12:00 UTC' }],
  runbook: 'https://example.com/runbook',
  runbookUrl: 'https://example.com/runbook',
  monitor: 'main',
  receiver: 'ops',
}

/** Has only what every mail has: the other branches. */
const BARE: MailView = { ...FULL, test: false, summary: undefined, lines: [], rest: 0, facts: [], runbook: undefined, runbookUrl: undefined }

/**
 * The layout of a user's Handlebars file, tried on two samples.
 *
 * @throws TocsinError E110 when the file cannot be read; E111, with its line, when it cannot be parsed or names what a mail does not have.
 */
export function templateFile(path: string): Layout {
  const layout = compileLayout(readOptionFile(path, 'template'))
  try {
    layout(FULL)
    layout(BARE)
  } catch (cause) {
    const { line, said } = complaint(cause)
    throw new TocsinError('E111', `the template cannot be rendered: ${said}`, {
      where: line === undefined ? path : `${path}:${line}`,
      fix: `these names can be used: ${Object.keys(FULL).join(', ')}`,
      cause,
      permanent: true,
    })
  }
  return layout
}

const located = z.object({ message: z.string().catch(''), lineNumber: z.number().optional().catch(undefined) })

/** Handlebars names the line of a parse error in its text only, followed by a drawing of the place. */
function complaint(error: unknown): { readonly line: number | undefined; readonly said: string } {
  const { message, lineNumber } = located.parse(error)
  const parsed = /^Parse error on line (\d+):\n.*\n.*\n(.*)$/s.exec(message)
  return { line: lineNumber ?? (parsed ? Number(parsed[1]) : undefined), said: (parsed?.[2] ?? message).replace(/ - \d+:\d+$/, '') }
}
