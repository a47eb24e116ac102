import type { Outbox, OutboxRow } from '@tocsin/core'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { eachId } from '../run/each-id.ts'
import { withState } from '../run/open-state.ts'
import { usageError } from '../usage-error.ts'
import { messageId, messageJson, messageText } from '../view/message-words.ts'

/** `tocsin outbox retry`: has messages sent again, by the process that runs or by the next run. */
export const outboxRetry = (invocation: Invocation): Promise<Outcome> =>
  change(invocation, 'queued again', 'tocsin run', (outbox, id, now) => outbox.retry(id, now))

/** `tocsin outbox drop`: gives messages up for good. */
export const outboxDrop = (invocation: Invocation): Promise<Outcome> =>
  change(invocation, 'dropped', 'tocsin outbox list', (outbox, id, now) => outbox.drop(id, now))

function change(invocation: Invocation, done: string, next: string, act: (outbox: Outbox, id: string, now: number) => Promise<boolean>): Promise<Outcome> {
  return withState(invocation, { readOnly: false }, async ({ monitor, store, now }) => {
    const changed = await eachId(invocation.args, (typed) =>
      store.transaction(async (tx) => {
        const row = found(await tx.outbox.list(monitor.name), typed)
        if (!(await act(tx.outbox, row.id, now))) throw usageError(`message ${messageId(row)} cannot be ${done}: it is ${STATES[row.status]}`, 'see: tocsin outbox list --all')
        return (await tx.outbox.list(monitor.name)).find(({ id }) => id === row.id) ?? row
      }),
    )
    return {
      exit: changed.exit,
      data: { monitor: monitor.name, messages: changed.done.map(messageJson) },
      lines: changed.done.map((row) => `${done} ${messageId(row)}: ${messageText(row)}`),
      problems: changed.problems,
      next,
    }
  })
}

const STATES: Readonly<Record<OutboxRow['status'], string>> = { queued: 'queued', sending: 'being sent', delivered: 'delivered', dead: 'given up', dropped: 'dropped' }

/** Eight characters are shown; a person may type fewer. */
const SHORTEST = 4

function found(rows: readonly OutboxRow[], typed: string): OutboxRow {
  const matching = rows.filter(({ id }) => id === typed || (typed.length >= SHORTEST && id.startsWith(typed)))
  const [row, ...others] = matching
  if (row === undefined) throw usageError(`no message has the id "${typed}"`, `write at least ${SHORTEST} characters of an id in: tocsin outbox list --all`)
  if (others.length > 0) throw usageError(`${matching.length} messages have ids that begin with "${typed}"`, `write more of it: ${matching.map(({ id }) => id.slice(0, typed.length + SHORTEST)).join(', ')}`)
  return row
}
