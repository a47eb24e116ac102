import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { TocsinError } from '@tocsin/core'
import { aRecording, aResource, aSample, FakeClock, recordContext } from '@tocsin/core/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dynamodb } from './dynamodb.ts'
import { definition } from './testing/definition.ts'
import { dynamodbError, startTable, type Table } from './testing/table.ts'

const MINUTE = 60_000

let table: Table
let clock: FakeClock
beforeAll(async () => {
  table = await startTable(definition, 'a-secret-access-key-of-nobody')
}, 120_000)
beforeEach(async () => {
  clock = new FakeClock('2026-01-05T23:58:00Z')
  await table.reset()
  table.front.fail(() => undefined)
})
afterAll(() => table.stop())

type Options = Parameters<typeof dynamodb>[0]
const sink = (over: Partial<Options> = {}) => dynamodb({ folder: table.folder, host: 'web-1', table: 'tocsin', endpoint: table.front.url, ...over })
const resources = ['i-1', 'i-2'].map((id) => aResource({ id, name: id }))
const samples = resources.flatMap((resource) => [aSample({ resource, value: 40 }), aSample({ resource, rule: 'ec2.disk', metric: 'disk', dimensions: { mount: '/' }, value: 70 })])
/** By a recorder of its own, as after a restart. */
const record = (over: Partial<Options> = {}, monitor = 'main', seen = samples) => sink(over).open().record(aRecording({ monitor, at: clock.now(), samples: seen }), recordContext({ clock }))
const minutes = async (count: number, each: () => Promise<void>) => {
  for (let minute = 0; minute < count; minute++) {
    await each()
    clock.set(clock.now() + MINUTE)
  }
}
const writes = () => table.front.requests.filter(({ api }) => api === 'BatchWriteItem')
/** Runs what sleeps on the fake clock. */
const elapse = async <T>(work: Promise<T>): Promise<T> => {
  const over = new AbortController()
  const ended = work.finally(() => over.abort())
  ended.catch(() => {})
  while (!over.signal.aborted) {
    if (clock.sleeping > 0) await clock.advance(60_000)
    else await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return await ended
}

describe('a resource over a time', () => {
  const during = (from: string, to: string) => ({
    TableName: 'tocsin',
    KeyConditionExpression: '#resource = :resource AND #time BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#resource': 'resource', '#time': 'time' },
    ExpressionAttributeValues: { ':resource': { S: 'i-2' }, ':from': { S: from }, ':to': { S: to } },
  })

  it('is one query, over midnight and all monitors', async () => {
    await minutes(5, () => record())
    clock.set(Date.parse('2026-01-06T00:00:00Z'))
    await record({}, 'other')
    const { Items = [] } = await table.client.send(new QueryCommand(during('2026-01-05T23:59', '2026-01-06T00:01')))
    expect(Items.map(({ time }) => time?.S)).toEqual(['2026-01-05T23:59:00.000Z#main#web-1', '2026-01-06T00:00:00.000Z#main#web-1', '2026-01-06T00:00:00.000Z#other#web-1'])
    expect(Items.map(({ values }) => Object.keys(values?.M ?? {}))).toEqual(Array.from({ length: 3 }, () => ['ec2.cpu', 'ec2.disk{mount="/"}']))
  })

  it('is the same query with a projection, for one of its metrics', async () => {
    await minutes(3, () => record())
    const { ExpressionAttributeNames, ...query } = during('2026-01-05', '2026-01-07')
    const { Items = [] } = await table.client.send(new QueryCommand({ ...query, ProjectionExpression: '#time, #values.#series.#value', ExpressionAttributeNames: { ...ExpressionAttributeNames, '#values': 'values', '#series': 'ec2.disk{mount="/"}', '#value': 'value' } }))
    expect(Items).toEqual(['05T23:58', '05T23:59', '06T00:00'].map((time) => ({ time: { S: `2026-01-${time}:00.000Z#main#web-1` }, values: { M: { 'ec2.disk{mount="/"}': { M: { value: { N: '70' } } } } } })))
  })
})

it('has what an outage of hours kept back, once', async () => {
  const end = await table.front.outage()
  await minutes(60, () => expect(record()).rejects.toMatchObject({ code: 'E205' }))
  await end()
  await record()
  expect(await table.items()).toHaveLength(122)
}, 60_000)

it('has the same items after a write that was not answered, and after one that nobody remembers', async () => {
  table.fail('lostAnswer')
  await expect(record()).rejects.toMatchObject({ code: 'E205' })
  table.front.fail(() => undefined)
  await record()
  await rm(join(table.folder, '.claims'), { recursive: true })
  const before = writes().length
  await record()
  expect(writes().length).toBe(before + 1)
  expect(await table.items()).toHaveLength(2)
})

it('has the item that the README shows', async () => {
  const recording = aRecording()
  await sink({ expireAfter: '90d' }).open().record(recording, recordContext({ clock: new FakeClock(recording.at) }))
  const [item] = await table.items()
  expect(item).toEqual(JSON.parse(/## Example output\n\n```json\n(.*?)```/s.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))?.[1] ?? ''))
})

it('has the time in seconds at which an item may go', async () => {
  await record({ expireAfter: '90d' })
  expect((await table.items()).map(({ expiresAt }) => expiresAt)).toEqual(Array.from({ length: 2 }, () => ({ N: String((clock.now() + 90 * 24 * 60 * MINUTE) / 1_000) })))
})

it('gets many resources in calls of 25', async () => {
  const before = writes().length
  const many = Array.from({ length: 60 }, (_, index) => aSample({ resource: aResource({ id: `i-${index}` }) }))
  await record({}, 'main', many)
  const sizes = writes().slice(before).map(({ body }) => JSON.parse(body.toString()).RequestItems.tocsin.length)
  expect(sizes.toSorted((a, b) => a - b)).toEqual([10, 25, 25])
  expect(await table.items()).toHaveLength(60)
})

describe('a table that is too slow', () => {
  const undone = (body: Buffer, count: number) => ({ status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify({ UnprocessedItems: { tocsin: JSON.parse(body.toString()).RequestItems.tocsin.slice(0, count) } }) })

  it('is given what it has left undone, after a pause that grows', async () => {
    const at: number[] = []
    table.front.fail(({ api, body }) => {
      if (api !== 'BatchWriteItem') return undefined
      at.push(clock.now())
      return at.length < 4 ? undone(body, 2) : undefined
    })
    const began = clock.now()
    const recording = record()
    for (const pause of [100, 200, 400]) {
      while (clock.sleeping === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      await clock.advance(pause)
    }
    await recording
    expect(at.map((time) => time - began)).toEqual([0, 100, 300, 700])
    expect(await table.items()).toHaveLength(2)
  })

  it('is not given again what it has taken', async () => {
    const sent: string[][] = []
    table.front.fail(({ api, body }) => {
      if (api !== 'BatchWriteItem') return undefined
      const requests: { PutRequest: { Item: { resource: { S: string } } } }[] = JSON.parse(body.toString()).RequestItems.tocsin
      sent.push(requests.map(({ PutRequest }) => PutRequest.Item.resource.S))
      return sent.length === 1 ? undone(body, 1) : undefined
    })
    await elapse(record())
    expect(sent).toEqual([['i-1', 'i-2'], ['i-1']])
  })

  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])('may say %s and is tried again', async (code) => {
    let calls = 0
    table.front.fail(({ api }) => (api === 'BatchWriteItem' && ++calls < 3 ? dynamodbError(400, code) : undefined))
    await elapse(record())
    expect(calls).toBe(3)
    expect(await table.items()).toHaveLength(2)
  })

  it('is left alone after seven tries, until the next recording', async () => {
    const undo = table.front.fail(({ api, body }) => (api === 'BatchWriteItem' ? undone(body, 2) : undefined))
    const before = writes().length
    const error = await elapse(record()).catch((thrown: unknown) => thrown)
    expect(String(error)).toBe('E204 DynamoDB throttles: 2 of 2 items of a batch were not taken in 7 tries · tocsin · the next recording goes on; if it stays, give the table more write capacity, or record less often with "every"')
    expect(error).toMatchObject({ permanent: false })
    expect(writes().length - before).toBe(7)
    undo()
    await record({}, 'main', [])
    expect(await table.items()).toHaveLength(2)
  })

  it('is not waited for when the time is up', async () => {
    const stop = new AbortController()
    table.front.fail(({ api, body }) => (api === 'BatchWriteItem' ? undone(body, 2) : undefined))
    const recording = sink().open().record(aRecording({ at: clock.now(), samples }), recordContext({ clock, signal: stop.signal }))
    while (clock.sleeping === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    stop.abort()
    await expect(recording).rejects.toBeInstanceOf(TocsinError)
  })
})

it('that refuses is named with what to allow', async () => {
  table.fail(dynamodbError(400, 'AccessDeniedException', 'User: arn:aws:iam::123456789012:user/moto is not authorized to perform: dynamodb:BatchWriteItem'))
  const denied = await record().catch((error: unknown) => error)
  expect(String(denied)).toBe('E201 access denied: dynamodb:BatchWriteItem · user/moto, us-east-1 · allow dynamodb:BatchWriteItem for user/moto on tocsin, and the use of its key where it is encrypted with one')
})

it('that does not exist is named, by DynamoDB itself', async () => {
  await expect(record({ table: 'no-such-table' })).rejects.toMatchObject({ code: 'E206', message: 'there is no table no-such-table', permanent: true })
})

it('says what is wrong with its options', () => {
  const problems = dynamodb({ folder: '', table: 'no table', expireAfter: '0s', host: '', region: 'west' }).problems.map(({ path }) => path.join('.'))
  expect(problems.toSorted()).toEqual(['expireAfter', 'folder', 'host', 'region', 'table'])
})
