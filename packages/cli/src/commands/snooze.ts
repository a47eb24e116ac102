import { type Attended, formatDuration, oneLine, snoozeAlert, unsnoozeAlert } from '@tocsin/core'
import { z } from 'zod'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { eachId } from '../run/each-id.ts'
import { withState } from '../run/open-state.ts'
import { whoActs } from '../run/who.ts'
import { wallClock } from '../text/wall-clock.ts'
import { instantOf, lengthOf } from '../time-options.ts'
import { usageError } from '../usage-error.ts'
import { alertText } from '../view/alert-text.ts'
import { attentionJson } from '../view/attention-words.ts'
import { alertJson } from '../view/cycle-json.ts'

const snoozeOptions = z.object({ for: z.string().optional(), until: z.string().optional(), evenCritical: z.boolean().default(false), undo: z.boolean().default(false), by: z.string().optional() })

/** `tocsin snooze`: keeps alerts quiet for a while, or lets them be heard again. */
export function snooze(invocation: Invocation): Promise<Outcome> {
  const { for: length, until: time, evenCritical, undo, ...options } = snoozeOptions.parse(invocation.options)
  const by = whoActs(options.by)
  const lasts = length === undefined ? undefined : lengthOf('--for', length)
  if (!undo && lasts === undefined && time === undefined) throw usageError('the snooze has no end', 'add --for 2h or --until 18:00', 'tocsin snooze')
  return withState(invocation, { readOnly: false }, async ({ monitor, store, now }) => {
    const { timeZone } = monitor
    const until = time === undefined ? now + (lasts ?? 0) : instantOf('--until', time, { now, timeZone })
    const { done, problems, exit } = await eachId(invocation.args, (id) => {
      const choice = { monitor: monitor.name, id }
      return undo ? unsnoozeAlert(store, choice, by, now) : snoozeAlert(store, choice, { by, until, evenCritical }, now)
    })
    const said = `snoozed by ${oneLine(by)} for ${formatDuration(until - now)}, until ${wallClock(until, timeZone)} ${timeZone}`
    return {
      exit,
      data: { monitor: monitor.name, alerts: done.map(({ alert, attention = {}, changed }) => ({ ...alertJson(alert), ...attentionJson(attention), changed })) },
      lines: done.map((one) => `${undo ? heardAgain(one, by) : said}: ${alertText(one.alert)}`),
      problems,
      next: 'tocsin alerts',
    }
  })
}

const heardAgain = ({ changed }: Attended, by: string): string => (changed ? `no longer snoozed, by ${oneLine(by)}` : 'nobody had snoozed it')
