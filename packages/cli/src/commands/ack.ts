import { acknowledgeAlert, type Attended, formatDuration, oneLine, unacknowledgeAlert } from '@tocsin/core'
import { z } from 'zod'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { eachId } from '../run/each-id.ts'
import { withState } from '../run/open-state.ts'
import { whoActs } from '../run/who.ts'
import { lengthOf } from '../time-options.ts'
import { alertText } from '../view/alert-text.ts'
import { agoOf, attentionJson } from '../view/attention-words.ts'
import { alertJson } from '../view/cycle-json.ts'

const ackOptions = z.object({ comment: z.string().optional(), for: z.string().optional(), sticky: z.boolean().default(false), undo: z.boolean().default(false), by: z.string().optional() })

/** `tocsin ack`: takes alerts on, or gives them back. */
export function ack(invocation: Invocation): Promise<Outcome> {
  const { comment, for: length, sticky, undo, ...options } = ackOptions.parse(invocation.options)
  const by = whoActs(options.by)
  const lasts = length === undefined ? undefined : lengthOf('--for', length)
  return withState(invocation, { readOnly: false }, async ({ monitor, store, now }) => {
    const request = { by, sticky, ...(comment === undefined ? {} : { comment }), ...(lasts === undefined ? {} : { until: now + lasts }) }
    const { done, problems, exit } = await eachId(invocation.args, (id) => {
      const choice = { monitor: monitor.name, id }
      return undo ? unacknowledgeAlert(store, choice, by, now) : acknowledgeAlert(store, choice, request, now)
    })
    return {
      exit,
      data: { monitor: monitor.name, alerts: done.map(({ alert, attention = {}, changed }) => ({ ...alertJson(alert), ...attentionJson(attention), changed })) },
      lines: done.map((one) => (undo ? givenBack(one, by) : takenOn(one, now))),
      problems,
      next: 'tocsin alerts',
    }
  })
}

function takenOn({ alert, attention, changed }: Attended, now: number): string {
  const held = attention?.ack
  const who = oneLine(held?.by ?? '')
  if (!changed) return `already taken on by ${who} ${agoOf(held?.at ?? now, now)}: ${alertText(alert)}`
  const lasts = held?.until === undefined ? '' : ` for ${formatDuration(held.until - now)}`
  return `taken on by ${who}${lasts}: ${alertText(alert)}`
}

const givenBack = ({ alert, changed }: Attended, by: string): string => `${changed ? `given back by ${oneLine(by)}` : 'nobody had taken it on'}: ${alertText(alert)}`
