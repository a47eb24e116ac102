import { type DeliveryReport, testNotify as sendTests, TocsinError, oneLine } from '@tocsin/core'
import { z } from 'zod'
import { checkEnvironment } from '../environment.ts'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import type { Outcome } from '../outcome.ts'
import { openLog } from '../run/log.ts'
import { columns } from '../text/columns.ts'
import { plainLines } from '../text/plain.ts'

const testOptions = z.object({ severity: z.enum(['warning', 'critical']).optional(), resolve: z.boolean().default(false) })

/** `tocsin test-notify`: one message marked TEST through each channel, and what came of it. */
export async function testNotify(invocation: Invocation): Promise<Outcome> {
  const { shell, args, paint, debug } = invocation
  const { severity, resolve } = testOptions.parse(invocation.options)
  const { monitor, file } = await loadConfigured(invocation)
  if (Object.keys(monitor.notify).length === 0) throw new TocsinError('E106', 'nobody to tell', { where: file, fix: 'add somebody to "notify"' })
  checkEnvironment(monitor, args)

  const say = (text: string): void => void shell.stderr.write(`${plainLines(text).join('\n')}\n`)
  const log = openLog(monitor, debug)
  const reports = await sendTests(monitor, { resolve, signal: shell.stop, logger: log, print: say, ...(args.length === 0 ? {} : { receivers: args }), ...(severity === undefined ? {} : { severity }) })
  await log.close()
  const failed = reports.filter(({ result }) => result.outcome !== 'delivered')
  return {
    exit: failed.length > 0 ? EXIT.failure : EXIT.fine,
    data: reports.map(({ receiver, title, result }) => ({ receiver, use: monitor.notify[receiver]?.use ?? null, title, ...result })),
    lines: columns(
      [{ title: 'OUTCOME' }, { title: 'RECEIVER' }, { title: 'BY' }, { title: 'SAID' }],
      reports.map((report) => [{ text: outcomeWord(report), style: report.result.outcome === 'delivered' ? 'green' : 'red' }, { text: oneLine(report.receiver) }, { text: monitor.notify[report.receiver]?.use ?? '' }, { text: saidOf(report) }]),
      { paint },
    ),
    problems: failed.map((report) => ({
      code: report.result.outcome === 'permanent' ? 'E301' : 'E302',
      what: `${oneLine(report.receiver)} did not take the test message: ${saidOf(report)}`,
      where: `notify.${oneLine(report.receiver)}`,
      fix: report.result.outcome === 'permanent' ? 'correct the channel in the configuration, or at the receiver' : 'check that the receiver can be reached, and try again',
    })),
    next: failed.length > 0 ? 'tocsin test-notify' : 'tocsin run',
  }
}

const outcomeWord = ({ result }: DeliveryReport): string => (result.outcome === 'delivered' ? 'told' : 'FAILED')
const saidOf = ({ result }: DeliveryReport): string => (result.outcome === 'delivered' ? '' : oneLine(result.reason))
