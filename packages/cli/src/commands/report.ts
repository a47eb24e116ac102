import { composeReport, type Letter, oneLine, reasonOf, type ScheduledReport, sendLetter, systemClock, TocsinError } from '@tocsin/core'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { checkEnvironment } from '../environment.ts'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { findReport } from '../report/find-report.ts'
import { mailOf, pageOf, showLetter } from '../report/write-letter.ts'
import { type Scene, withState } from '../run/open-state.ts'
import { plainLines } from '../text/plain.ts'
import { instantOf } from '../time-options.ts'
import { usageError } from '../usage-error.ts'

const reportOptions = z.object({
  at: z.string().optional(),
  soFar: z.boolean().default(false),
  send: z.boolean().default(false),
  html: z.string().optional(),
  eml: z.string().optional(),
  open: z.boolean().default(false),
})

/** `tocsin report`: what a report says of what is stored, on the terminal, in a file, in a browser or sent. */
export function report(invocation: Invocation): Promise<Outcome> {
  const { shell, args } = invocation
  const options = reportOptions.parse(invocation.options)
  const [name = 'weekly'] = args
  return withState(invocation, { readOnly: true }, async (scene) => {
    const { monitor, store } = scene
    const scheduled = await findReport(name, scene)
    const period = periodOf(scheduled, options, scene)
    const { letter, figures } = await composeReport(monitor, scheduled, { store, period, signal: shell.stop, clock: { ...systemClock, now: () => shell.now() } })
    const written = await write(letter, options, invocation)
    const sent = options.send ? await send(letter, scheduled, invocation, scene) : undefined
    const short = period.until > scene.now - 1 && options.soFar ? ['the period is not over: its numbers are those so far'] : []
    return {
      exit: sent?.failed ? EXIT.failure : EXIT.fine,
      data: { monitor: monitor.name, report: name, period: { ...period, from: new Date(period.from).toISOString(), until: new Date(period.until).toISOString() }, subject: letter.subject, short: letter.short, figures: figures ?? null, written, sent: sent?.deliveries ?? [] },
      lines: plainLines(letter.text.trimEnd()),
      notes: [...short, ...written.map((file) => `written to ${file}`), ...(sent?.notes ?? [])],
      problems: sent?.problems ?? [],
      next: options.send || options.html !== undefined || options.eml !== undefined ? 'tocsin outbox list --all' : `tocsin report ${name} --open`,
    }
  })
}

function periodOf(scheduled: ScheduledReport, { at, soFar }: z.output<typeof reportOptions>, { monitor, now }: Scene): ReturnType<ScheduledReport['period']> {
  const instant = at === undefined ? now : instantOf('--at', at, { now, timeZone: scheduled.timeZone ?? monitor.timeZone, past: true })
  if (instant > now) throw usageError('--at is in the future', 'write a time that has been: "2026-03-01 18:00"', 'tocsin report')
  if (!soFar) return scheduled.period(instant, monitor.timeZone)
  const period = scheduled.soFar(instant, monitor.timeZone)
  if (period === undefined) throw usageError('this report knows no running period', 'leave out --so-far', 'tocsin report')
  return period
}

/** Writes the letter to the files that were asked for. Gives their names. */
async function write(letter: Letter, { html, eml, open }: z.output<typeof reportOptions>, { shell }: Invocation): Promise<string[]> {
  const files: string[] = []
  const save = async (file: string, content: string | Buffer): Promise<void> => {
    await writeFile(resolve(shell.cwd, file), content, { mode: 0o600 }).catch((cause: unknown) => {
      throw usageError(`${file} cannot be written: ${reasonOf(cause)}`, 'check the folder and its permissions', 'tocsin report')
    })
    files.push(file)
  }
  if (html !== undefined) await save(html, pageOf(letter))
  if (eml !== undefined) await save(eml, await mailOf(letter, shell.now()))
  if (open) {
    files.push(
      await showLetter(letter, shell.env).catch((cause: unknown) => {
        throw usageError(`no browser can be opened: ${reasonOf(cause)}`, 'write a file: --html report.html', 'tocsin report')
      }),
    )
  }
  return files
}

async function send(letter: Letter, { to }: ScheduledReport, { shell }: Invocation, { monitor, file }: Scene) {
  if (to.length === 0) throw new TocsinError('E106', 'nobody can get a report', { where: file, fix: 'add a mail address to "notify"' })
  checkEnvironment(monitor, to)
  const deliveries = await sendLetter(monitor, letter, to, { signal: shell.stop, print: (text) => void shell.stderr.write(`${plainLines(text).join('\n')}\n`) })
  const failed = deliveries.filter(({ result }) => result.outcome !== 'delivered')
  return {
    failed: failed.length > 0,
    deliveries: deliveries.map(({ receiver, result }) => ({ receiver, ...result })),
    notes: deliveries.flatMap(({ receiver, result }) => (result.outcome === 'delivered' ? [`sent to ${oneLine(receiver)}`] : [])),
    problems: failed.map(({ receiver, result }) => ({
      code: result.outcome === 'permanent' ? ('E301' as const) : ('E302' as const),
      what: `${oneLine(receiver)} did not take the report: ${'reason' in result ? oneLine(result.reason) : ''}`,
      where: `notify.${oneLine(receiver)}`,
      fix: result.outcome === 'permanent' ? 'correct the channel in the configuration, or at the receiver' : 'check that the receiver can be reached, and try again',
    })),
  }
}
