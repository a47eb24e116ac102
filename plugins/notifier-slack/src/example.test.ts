import { readFileSync } from 'node:fs'
import type { Notification } from '@tocsin/core'
import { aNotification, aNotifiedAlert, aResolvedNotification, aSubject, sendContext } from '@tocsin/core/testing'
import { shownText, startSlackStandIn } from '@tocsin/dev-tools'
import { expect, it } from 'vitest'
import { slack } from './slack.ts'

const HOUR = 3_600_000

/** The life of one alert as a channel shows it: the message at its first and last state, and its thread. */
async function life(): Promise<string> {
  const workspace = await startSlackStandIn()
  const { token, apiUrl } = workspace
  const notifier = slack({ channel: '#ops', token, apiUrl, mention: { critical: 'S0123ABCD' } }).open()
  const subject = aSubject({ annotations: { summary: 'Checkout is slow when this host is busy.', runbook: 'https://wiki.example.com/runbooks/cpu' } })
  const alert = aNotifiedAlert({ subject, expected: [35, 50] })
  const [ended] = aResolvedNotification().alerts
  if (!ended) throw new Error('the builder gave no alert')
  let previous: string | undefined
  const send = async (notification: Notification): Promise<void> => {
    const delivery = await notifier.send(notification, sendContext({ idempotencyKey: notification.reason, ...(previous === undefined ? {} : { previous }) }))
    previous = delivery.outcome === 'delivered' ? delivery.reference : undefined
  }
  const original = (): string => workspace.messages.slice(0, 1).map(shownText).join()
  try {
    await send(aNotification({ alerts: [alert], alsoFiring: { lines: ['AMBER db-1 connections 88% (> 80%)'], count: 1 } }))
    const first = original()
    await send(aNotification({ reason: 'repeat', at: alert.firedAt + 4 * HOUR, alerts: [{ ...alert, change: 'unchanged' }] }))
    await send(aResolvedNotification({ at: alert.firedAt + 5 * HOUR, alerts: [{ ...ended, subject, resolvedAt: alert.firedAt + 5 * HOUR }] }))
    const thread = workspace.messages.slice(1).map(shownText)
    return ['When it fires:', '', first, '', 'The same message when it has ended:', '', original(), '', 'Its thread:', '', ...thread].join('\n')
  } finally {
    await workspace.stop()
  }
}

it('is shown in the README as it is', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, example] = /## Example output\n[^]*?```text\n([^]*?)\n```/.exec(readme) ?? []
  expect(example).toBe(await life())
})
