import { aNotification, aResolvedNotification, sendContext } from '@tocsin/core/testing'
import { shownText, startSlackStandIn } from '@tocsin/dev-tools'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { slack } from './slack.ts'

const workspace = await startSlackStandIn()
beforeEach(() => workspace.clear())
afterAll(() => workspace.stop())
const send = (notification: ReturnType<typeof aNotification>) => slack({ webhookUrl: workspace.webhookUrl, mention: { critical: ['<!here>', 'U0123ABCD'] } }).open().send(notification, sendContext())

it('posts a message each time and calls people only for what gets worse', async () => {
  for (const notification of [aNotification(), aNotification({ reason: 'someResolved' }), aResolvedNotification()]) {
    expect(await send(notification)).toEqual({ outcome: 'delivered' })
  }
  const called = workspace.messages.map((message) => shownText(message).includes('<!here> <@U0123ABCD>'))
  expect(called).toEqual([true, false, false])
})

it('says what to do about a refusal', async () => {
  workspace.fail('webhook', { status: 404, body: 'no_service' })
  expect(await send(aNotification())).toEqual({ outcome: 'permanent', reason: '404 no_service: the webhook was revoked or its app removed: make a new one' })
})

it('does not take the name of an object\'s method for an advice', async () => {
  workspace.fail('webhook', { status: 404, body: 'constructor' })
  expect(await send(aNotification())).toEqual({ outcome: 'permanent', reason: '404 constructor' })
})

it('takes a message for delivered even if the body of the answer is lost', async () => {
  workspace.fail('webhook', { status: 200, body: 'o', headers: { 'content-length': '2' } })
  expect(await send(aNotification())).toEqual({ outcome: 'delivered' })
})
