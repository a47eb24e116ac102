import { randomUUID } from 'node:crypto'
import { addSilence, ConfigError, oneLine, previewSilence, type SilencePreview, TocsinError } from '@tocsin/core'
import { z } from 'zod'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { type Scene, withState } from '../run/open-state.ts'
import { whoActs } from '../run/who.ts'
import { instantOf, lengthOf } from '../time-options.ts'
import { usageError } from '../usage-error.ts'
import { alertText } from '../view/alert-text.ts'
import { alertJson } from '../view/cycle-json.ts'
import { matcherSetsText, silenceId, silenceJson, silenceTimes } from '../view/silence-words.ts'

const addOptions = z.object({
  or: z.array(z.string()).default([]),
  for: z.string().optional(),
  until: z.string().optional(),
  untilResolved: z.boolean().default(false),
  from: z.string().optional(),
  weekdays: z.array(z.string()).optional(),
  times: z.array(z.string()).optional(),
  timeZone: z.string().optional(),
  comment: z.string().optional(),
  by: z.string().optional(),
  dryRun: z.boolean().default(false),
})
type AddOptions = z.output<typeof addOptions>

/** `tocsin silence add`: hides alerts by their labels, and says which. */
export function silenceAdd(invocation: Invocation): Promise<Outcome> {
  const options = addOptions.parse(invocation.options)
  const createdBy = whoActs(options.by)
  checkTimes(options)
  return withState(invocation, { readOnly: options.dryRun }, async (scene) => {
    const { monitor, store, now } = scene
    const input = { matcherSets: [[...invocation.args], ...options.or.map((one) => [one])], createdBy, ...timesOf(options, scene), ...(options.comment === undefined ? {} : { comment: options.comment }) }
    const made = await (options.dryRun ? previewSilence : addSilence)(store, input, { monitor: monitor.name, id: randomUUID(), now }).catch(asFlags)
    return outcomeOf(made, options.dryRun, scene)
  })
}

/** What can be told to be wrong without the monitor. */
function checkTimes({ for: length, until, untilResolved, weekdays, times, timeZone }: AddOptions): void {
  const recurs = weekdays !== undefined || times !== undefined
  if (timeZone !== undefined && !recurs) throw usageError('--time-zone without --weekdays or --times', 'add one of them, or leave it out', 'tocsin silence add')
  if (length === undefined && until === undefined && !untilResolved && !recurs) throw usageError('the silence has no end', 'add --for 2h, --until 18:00 or --until-resolved, or say when it comes again: --weekdays, --times', 'tocsin silence add')
}

function timesOf({ for: length, until, untilResolved, from, weekdays, times, timeZone }: AddOptions, { monitor, now }: Scene) {
  const clock = { now, timeZone: monitor.timeZone }
  const startsAt = from === undefined ? undefined : instantOf('--from', from, clock)
  // A day of the week or a time of day is meant as seen from the start.
  const endsAt = until === undefined ? undefined : instantOf('--until', until, { ...clock, now: Math.max(now, startsAt ?? now) })
  const lasts = length === undefined ? undefined : Math.max(now, startsAt ?? now) + lengthOf('--for', length)
  const end = endsAt ?? lasts
  const recurring = weekdays === undefined && times === undefined ? undefined : [{ timeZone: timeZone ?? monitor.timeZone, ...(weekdays === undefined ? {} : { weekdays }), ...(times === undefined ? {} : { times: times.map(rangeOf) }) }]
  return { ...(startsAt === undefined ? {} : { startsAt }), ...(end === undefined ? {} : { endsAt: end }), ...(untilResolved ? { untilResolved } : {}), ...(recurring === undefined ? {} : { recurring }) }
}

function rangeOf(text: string): { readonly from: string; readonly to: string } {
  const [from = '', to, ...more] = text.split('-')
  if (to === undefined || more.length > 0) throw usageError(`--times cannot be "${text}"`, 'write a start and an end: 22:00-23:30', 'tocsin silence add')
  return { from, to }
}

const FLAGS: Readonly<Record<string, string>> = { matcherSets: 'MATCHERS', startsAt: '--from', endsAt: '--until', untilResolved: '--until-resolved', weekdays: '--weekdays', times: '--times', timeZone: '--time-zone', comment: '--comment', createdBy: '--by' }

/** What is wrong with the input, by the flag that it was typed with. */
function asFlags(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error
  throw new ConfigError(
    error.problems.map((problem, index) => {
      const path = error.paths[index] ?? []
      const isAlternative = path[0] === 'matcherSets' && Number(path[1]) > 0
      const where = isAlternative ? '--or' : path.map((step) => FLAGS[String(step)]).findLast((flag) => flag !== undefined)
      return where === '--until-resolved' ? new TocsinError(problem.code, problem.message, { where, fix: 'give --for or --until in its place' }) : problem.at(where)
    }),
  )
}

function outcomeOf({ silence, hides }: SilencePreview, dryRun: boolean, { monitor, now }: Scene): Outcome {
  const atOnce = silence.startsAt <= now && silence.recurring === undefined
  const count = `${hides.length === 0 ? 'no' : hides.length} alert${hides.length === 1 ? '' : 's'}`
  const what = `it ${dryRun ? 'would hide' : 'hides'} ${count}`
  return {
    exit: EXIT.fine,
    data: { monitor: monitor.name, kept: !dryRun, silence: silenceJson(silence), hides: hides.map(alertJson) },
    lines: [
      `${dryRun ? 'a dry run, nothing is kept' : `silenced by ${oneLine(silence.createdBy)} (${silenceId(silence)})`}: ${matcherSetsText(silence)}, ${silenceTimes(silence, now, monitor.timeZone)}`,
      `${atOnce ? `${what} now` : `while it holds, ${what} of now`}${hides.length === 0 ? '' : ':'}`,
      ...hides.map((alert) => `  ${alertText(alert)}`),
    ],
    next: dryRun ? 'the same without --dry-run' : `tocsin silence expire ${silenceId(silence)}`,
  }
}
