import { formatDuration, oneLine, type OutboxRow, titleOf } from '@tocsin/core'
import { z } from 'zod'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { withState } from '../run/open-state.ts'
import { type Column, columns, type Layout } from '../text/columns.ts'
import { ageOf } from '../view/cycle-table.ts'
import { messageId, messageJson } from '../view/message-words.ts'

const listOptions = z.object({ all: z.boolean().default(false) })

/** `tocsin outbox list`: messages that are on their way or were given up, and with `--all` those that are done with. */
export function outboxList(invocation: Invocation): Promise<Outcome> {
  const { shell, paint, options } = invocation
  const { all } = listOptions.parse(options)
  return withState(invocation, { readOnly: true }, async ({ monitor, store, now }) => {
    const rows = (await store.transaction((tx) => tx.outbox.list(monitor.name))).filter(({ status }) => all || !DONE.has(status))
    const dead = rows.find(({ status }) => status === 'dead')
    return {
      exit: EXIT.fine,
      data: { monitor: monitor.name, messages: rows.map(messageJson) },
      lines: rows.length === 0 ? [all ? 'no messages' : 'no message is on its way or was given up'] : table(rows, now, { paint, ...(shell.stdout.isTTY === true ? { width: shell.stdout.columns ?? 80 } : {}) }),
      next: dead === undefined ? 'tocsin alerts' : `tocsin outbox retry ${messageId(dead)}`,
    }
  })
}

const DONE: ReadonlySet<OutboxRow['status']> = new Set(['delivered', 'dropped'])

const COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'STATE' },
  { title: 'RECEIVER', least: 8 },
  { title: 'MESSAGE', least: 16 },
  { title: 'QUEUED', align: 'right' },
  { title: 'TRIES', align: 'right' },
  { title: 'NEXT', align: 'right' },
  { title: 'SAID', least: 12, optional: true },
]

const STYLES = { queued: 'yellow', sending: 'cyan', delivered: 'green', dead: 'red', dropped: 'dim' } as const

function table(rows: readonly OutboxRow[], now: number, layout: Layout): string[] {
  return columns(
    COLUMNS,
    rows.map((row) => [
      { text: messageId(row) },
      { text: row.status.toUpperCase(), style: STYLES[row.status] },
      { text: oneLine(row.receiver) },
      { text: oneLine(titleOf(row)) },
      { text: ageOf(row.queuedAt, now) },
      { text: String(row.attempt) },
      { text: nextTry(row, now) },
      { text: oneLine(row.error ?? ''), style: 'dim' },
    ]),
    layout,
  )
}

function nextTry({ status, dueAt }: OutboxRow, now: number): string {
  if (status !== 'queued') return ''
  return dueAt <= now ? 'now' : `in ${formatDuration(dueAt - now)}`
}
