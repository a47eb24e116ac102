import { aNotification, aNotifiedAlert, aResource, aSubject } from '@tocsin/core/testing'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { publishInput } from './publish-input.ts'

const TOPIC = 'arn:aws:sns:us-west-2:123456789012:ops'
const ofName = (name: string) => aNotification({ alerts: [aNotifiedAlert({ subject: aSubject({ resource: aResource({ name }) }) })] })

it('gives telephones one line of ASCII that fits one message', () => {
  const { Message, MessageStructure } = publishInput(ofName('wéb-'.repeat(50)), 'key-1', TOPIC)
  expect(MessageStructure).toBe('json')
  const { sms, ...others } = z.object({ default: z.string(), sms: z.string() }).parse(JSON.parse(Message ?? ''))
  expect(sms).toMatch(/^RED web-web-[\x20-\x7E]{125}\.\.\.$/)
  expect(others.default.split('\n')[0]).toMatch(/^RED (wéb-){50} cpu 91%/)
})

it('keeps body and attributes together within the limit, and wastes none of it', () => {
  const tags = { note: '"\u{1F525}'.repeat(200_000) }
  const notification = aNotification({ monitor: 'm'.repeat(2_000), alerts: [aNotifiedAlert({ subject: aSubject({ resource: aResource({ tags }) }) })] })
  for (const topic of [TOPIC, `${TOPIC}.fifo`]) {
    const { Message = '', MessageAttributes = {} } = publishInput(notification, 'key-1', topic)
    const attributes = Object.entries(MessageAttributes).map(([name, { DataType, StringValue }]) => `${name}${DataType}${StringValue}`).join('')
    const size = Buffer.byteLength(Message) + Buffer.byteLength(attributes)
    expect(size).toBeLessThanOrEqual(262_144)
    expect(size).toBeGreaterThan(262_000)
  }
})

it('lists fifty alerts and counts the rest', () => {
  const alerts = Array.from({ length: 500 }, (_, index) => aNotifiedAlert({ subject: aSubject({ fingerprint: String(index) }) }))
  expect(publishInput(aNotification({ alerts }), 'key-1', `${TOPIC}.fifo`).Message).toContain('\n  and 450 more\n')
})
