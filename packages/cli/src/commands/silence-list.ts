import { type ListedSilence, listSilences, oneLine } from '@tocsin/core'
import { z } from 'zod'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { withState } from '../run/open-state.ts'
import { type Column, columns, type Layout } from '../text/columns.ts'
import { endText, matcherSetsText, silenceId, silenceJson, statusText } from '../view/silence-words.ts'

const listOptions = z.object({ all: z.boolean().default(false) })

/** `tocsin silence list`: those that hold or will, and with `--all` those that are over. */
export function silenceList(invocation: Invocation): Promise<Outcome> {
  const { shell, paint, options } = invocation
  const { all } = listOptions.parse(options)
  return withState(invocation, { readOnly: true }, async ({ monitor, store, now }) => {
    const listed = await listSilences(store, monitor.name, all ? {} : { states: ['active', 'pending'] }, now)
    const layout = { paint, ...(shell.stdout.isTTY === true ? { width: shell.stdout.columns ?? 80 } : {}) }
    return {
      exit: EXIT.fine,
      data: { monitor: monitor.name, silences: listed.map(({ silence, status }) => ({ ...silenceJson(silence), ...status })) },
      lines: listed.length === 0 ? [all ? 'no silences' : 'no silences hold or will'] : table(listed, now, layout),
      next: listed.length === 0 ? `tocsin silence add 'name="web-1"' --for 2h --dry-run` : 'tocsin silence expire ID',
    }
  })
}

const COLUMNS: readonly Column[] = [{ title: 'ID' }, { title: 'STATE', least: 8 }, { title: 'ENDS' }, { title: 'BY', least: 6 }, { title: 'MATCHERS', least: 12 }, { title: 'TIMES', least: 8, optional: true }, { title: 'COMMENT', least: 8, optional: true }]

function table(listed: readonly ListedSilence[], now: number, layout: Layout): string[] {
  return columns(
    COLUMNS,
    listed.map(({ silence, status }) => [
      { text: silenceId(silence) },
      { text: statusText(status), style: status.state === 'active' ? 'cyan' : 'dim' },
      { text: endText(silence, now) },
      { text: oneLine(silence.createdBy) },
      { text: matcherSetsText(silence) },
      { text: silenceJson(silence).recurring ?? '' },
      { text: oneLine(silence.comment) },
    ]),
    layout,
  )
}
