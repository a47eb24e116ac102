import { aNotification, aNotifiedAlert, aResolvedNotification, aResource, aSubject, sendContext } from '@tocsin/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sns } from './sns.ts'
import { awsFault, envelope, startTopics, type Topics } from './testing/topics.ts'

let topics: Topics
beforeAll(async () => {
  topics = await startTopics('testing')
}, 120_000)
afterAll(() => topics.stop())

const send = (notification = aNotification(), over: Parameters<typeof sendContext>[0] = {}, options: Partial<Parameters<typeof sns>[0]> = {}) =>
  sns({ topicArn: topics.standard.arn, endpoint: topics.endpoint, ...options }).open().send(notification, sendContext(over))

describe('a topic', () => {
  it('passes text, subject and attributes on to a queue, and its id is the reference', async () => {
    await topics.standard.waiting()
    const delivery = await send()
    const got = await topics.standard.waiting()
    expect(got).toHaveLength(1)
    const message = envelope.parse(got[0]?.message)
    expect(delivery).toEqual({ outcome: 'delivered', reference: message.MessageId })
    expect(message.Subject).toBe('RED web-3 cpu 91% (> 80% for 5m) - prod us-west-2')
    expect(message.Message.split('\n').slice(0, 2)).toEqual(['RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2', '  Since: 2026-01-05 12:00 UTC'])
    expect(Object.fromEntries(Object.entries(message.MessageAttributes).map(([name, { Value }]) => [name, Value]))).toEqual({
      level: 'critical',
      severity: 'critical',
      status: 'firing',
      monitor: 'main',
      key: 'main/ec2.cpu',
      idempotencyKey: 'key-1',
    })
  })

  it('keeps the severity at the end, so that a filter on it lets the end through too', async () => {
    const ended = aResolvedNotification()
    await send({ ...ended, alerts: ended.alerts.map((alert) => ({ ...alert, toldLevel: 'critical' })) })
    expect((await topics.standard.waiting()).at(-1)?.message.MessageAttributes).toMatchObject({ level: { Value: 'none' }, severity: { Value: 'critical' }, status: { Value: 'resolved' } })
  })

  it('cuts what SNS would refuse, and counts what is cut', async () => {
    await topics.standard.waiting()
    const tags = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`tag-${index}`, '"é"'.repeat(20)]))
    const subject = aSubject({ resource: aResource({ name: `web-${'ü'.repeat(120)}`, tags }) })
    expect(await send(aNotification({ alerts: [aNotifiedAlert({ subject })] }))).toMatchObject({ outcome: 'delivered' })
    const [sent] = await topics.standard.waiting()
    expect(sent?.message.Subject).toHaveLength(99)
    expect(sent?.message.Message).toMatch(/\n\.\.\. and \d+ more characters$/)
    expect(Buffer.byteLength(sent?.message.Message ?? '')).toBeGreaterThan(150_000)
  })

  it('is named with the permission when it refuses, and makes one attempt', async () => {
    const before = topics.calls('Publish').length
    const undo = topics.fail(awsFault(403, 'AuthorizationError', 'User is not authorized to perform: SNS:Publish'))
    const delivery = await send()
    undo()
    expect(delivery).toEqual({ outcome: 'permanent', reason: `access denied: sns:Publish (${topics.standard.arn}); allow sns:Publish for user/moto` })
    expect(topics.calls('Publish').length - before).toBe(1)
  })

  it.each([
    ['ExpiredToken', 'renew the credentials'],
    ['KMSAccessDenied', 'allow kms:GenerateDataKey* and kms:Decrypt'],
    ['KMSThrottling', 'the key of arn:aws:sns:'],
    ['InvalidParameter', 'in the words of SNS'],
  ])('says what to do about %s', async (code, words) => {
    const undo = topics.fail(awsFault(400, code))
    expect(await send()).toMatchObject({ reason: expect.stringContaining(words) })
    undo()
  })

  it('is called once even when the answer is one that the SDK would retry', async () => {
    const before = topics.calls('Publish').length
    const undo = topics.fail(awsFault(503, 'ServiceUnavailable'))
    await send()
    undo()
    expect(topics.calls('Publish').length - before).toBe(1)
  })

  it('that does not exist is named', async () => {
    const missing = topics.standard.arn.replace(/ops$/, 'no-such-topic')
    expect(await send(aNotification(), {}, { topicArn: missing })).toEqual({ outcome: 'permanent', reason: `there is no topic ${missing}; create it, or correct topicArn` })
  })

  it('is published to as the role of the options', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/alerts'
    expect(await send(aNotification(), {}, { roleArn, externalId: 'an-external-id' })).toMatchObject({ outcome: 'delivered' })
    expect(topics.calls('AssumeRole').map((call) => [call.get('RoleArn'), call.get('ExternalId')])).toEqual([[roleArn, 'an-external-id']])
  })

  it('that does not answer in time is tried again', async () => {
    const stop = new AbortController()
    const undo = topics.fail(() => stop.abort())
    expect(await send(aNotification(), { signal: stop.signal })).toEqual({ outcome: 'retryable', reason: 'stopped before SNS answered' })
    undo()
  })
})

describe('a FIFO topic', () => {
  const options = () => ({ topicArn: topics.fifo.arn })

  it('gets the group and the key of the notification, and delivers a repeat once', async () => {
    const key = '5d41402abc4b2a76b9719d911017c592'
    for (const attempt of [1, 2]) expect((await send(aNotification(), { idempotencyKey: key, attempt }, options())).outcome).toBe('delivered')
    expect(await topics.fifo.waiting()).toMatchObject([{ group: 'main/ec2.cpu', deduplication: key, message: { Message: expect.stringMatching(/^RED web-3/) } }])
  })

  it('gets a hash where the key is no valid id, and another for another key', async () => {
    const keys = ['größe/ec2.cpu', 'größe/ec2.cpu2', 'k'.repeat(129), 'with a space']
    for (const key of keys) expect((await send(aNotification({ key }), { idempotencyKey: `${key} 1` }, options())).outcome).toBe('delivered')
    const got = await topics.fifo.waiting()
    expect(got.map(({ group }) => group)).toEqual(keys.map(() => expect.stringMatching(/^[\da-f]{64}$/)))
    expect(new Set(got.flatMap(({ group, deduplication }) => [group, deduplication])).size).toBe(8)
  })
})

describe('without a message', () => {
  const probe = (topicArn: string, endpoint = topics.endpoint) => sns({ topicArn, endpoint }).open().probe?.(sendContext())

  it('finds a topic that is there, misses one that is not, and says when nobody answers', async () => {
    const before = topics.calls('Publish').length
    expect(await probe(topics.standard.arn)).toEqual({ outcome: 'delivered', reference: 'the topic is there' })
    expect(await probe(`${topics.standard.arn}-gone`)).toEqual({ outcome: 'permanent', reason: expect.stringContaining('there is no topic') })
    expect(await probe(topics.standard.arn, topics.nowhere)).toMatchObject({ outcome: 'retryable' })
    expect(topics.calls('Publish')).toHaveLength(before)
  })
})
