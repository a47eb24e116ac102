import { expect, it } from 'vitest'
import { defineNotifier } from './plugin/define-notifier.ts'
import { delivered } from './plugin/delivery.ts'
import { sendLetter } from './report.ts'
import { aLetter } from './testing/builders.ts'
import { fleetMonitor } from './testing/fleet.ts'

function postbox() {
  const sent: string[] = []
  const mailbox = defineNotifier({ name: 'mailbox', reports: true, create: () => ({ send: async () => delivered(), sendReport: async ({ subject }) => (sent.push(subject), delivered()) }) })
  return { sent, monitor: fleetMonitor({ notify: { mail: mailbox(), ops: mailbox() } }) }
}

it('sends a letter to every receiver, and says what came of it', async () => {
  const { sent, monitor } = postbox()
  const deliveries = await sendLetter(monitor, aLetter({ subject: 'Week 34' }), ['mail', 'ops'])
  expect(deliveries.map(({ receiver, result }) => [receiver, result.outcome])).toEqual([['mail', 'delivered'], ['ops', 'delivered']])
  expect(sent).toEqual(['Week 34', 'Week 34'])
})

it('sends nothing to anybody where a receiver is not known', async () => {
  const { sent, monitor } = postbox()
  await expect(sendLetter(monitor, aLetter(), ['mail', 'opps'])).rejects.toMatchObject({ code: 'E106', message: 'unknown notifier "opps"' })
  expect(sent).toEqual([])
})
