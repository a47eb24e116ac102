import { expect, it } from 'vitest'
import { aNotification, aNotifiedAlert, aResolvedNotification, aResource, aSubject } from '../testing/builders.ts'
import { composeMessage } from './compose.ts'
import { messageText } from './text.ts'

const HOUR = 3_600_000

it('says level, resource, metric, value, line, duration and place in the first line', () => {
  expect(composeMessage(aNotification()).title).toBe('RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2')
})

it('says how long it lasted, how bad it was and the value at recovery when it ends', () => {
  const message = composeMessage(aResolvedNotification())
  expect(message.title).toBe('OK web-3 cpu 47% · was RED for 12m · prod us-west-2')
  expect(messageText(message)).toContain('Lasted: 12m')
  expect(messageText(message)).toContain('Peak: 93%')
  expect(messageText(message)).toContain('91% when it fired, 47% at the end')
})

it('says STILL and for how long in a reminder', () => {
  const alert = aNotifiedAlert({ change: 'unchanged' })
  expect(composeMessage(aNotification({ reason: 'repeat', alerts: [alert], at: alert.firedAt + 2 * HOUR })).title).toBe(
    'STILL RED 2h web-3 cpu 91% (> 80% for 5m) · prod us-west-2',
  )
})

it('counts a group, names its worst and lists it worst first, the ended last', () => {
  const other = (name: string, over: object) =>
    aNotifiedAlert({ subject: aSubject({ fingerprint: name, resource: aResource({ id: name, name }) }), ...over })
  const message = composeMessage(
    aNotification({
      alerts: [other('web-1', { level: 'none', resolvedAt: 1.8e12, recoveredValue: 40 }), other('web-2', { level: 'warning', value: 65, reason: '> 60%' }), aNotifiedAlert()],
    }),
  )
  expect(message.title).toBe('RED ec2.cpu 2 of 14 · worst web-3 cpu 91% (> 80%) · prod us-west-2')
  expect(message.lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['RED web-3', 'AMBER web-2', 'OK web-1'])
})

it('says STILL in the reminder of a group, too', () => {
  const alerts = ['web-1', 'web-2'].map((name) => aNotifiedAlert({ change: 'unchanged', subject: aSubject({ fingerprint: name, resource: aResource({ id: name, name }) }) }))
  const at = aNotifiedAlert().firedAt + 2 * HOUR
  expect(composeMessage(aNotification({ reason: 'repeat', alerts, at })).title).toBe('STILL RED 2h ec2.cpu 2 of 14 · worst web-1 cpu 91% (> 80%) · prod us-west-2')
})

it('marks a test', () => {
  expect(composeMessage(aNotification({ reason: 'test' })).title).toMatch(/^TEST RED web-3/)
})

it('never lets a name start a new line', () => {
  const subject = aSubject({ resource: aResource({ name: 'web\r\nBcc: x@example.com' }) })
  expect(composeMessage(aNotification({ alerts: [aNotifiedAlert({ subject })] })).title).not.toMatch(/[\r\n]/)
})

it('shows the trend, the expected range, tags and what else fires', () => {
  const text = messageText(composeMessage(aNotification({ alerts: [aNotifiedAlert({ expected: [35, 50] })], alsoFiring: { lines: ['AMBER db-1 connections 88% (> 80%)'], count: 7 } })))
  expect(text).toContain('Trend: ▁▃▇█ 62% → 91%')
  expect(text).toContain('Normal: 35% to 50%')
  expect(text).toContain('Tags: team=web')
  expect(text).toContain('Also firing: AMBER db-1 connections 88% (> 80%); and 6 more')
})
