import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch'
import { FakeClock, testServices } from '@tocsin/core/testing'
import { type AwsStub, output, startAwsStub } from '@tocsin/dev-tools'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { retryStrategy } from './retry-strategy.ts'

let stub: AwsStub
let clock: FakeClock
beforeAll(async () => {
  stub = await startAwsStub()
})
afterAll(() => stub.stop())
beforeEach(() => {
  stub.reset()
  clock = new FakeClock()
})

/** A client whose first call is throttled, with these headers. */
function throttledOnce(headers: Readonly<Record<string, string>>, maxAttempts = 2): () => Promise<unknown> {
  let failures = 1
  stub.on('ListMetrics', () => (failures-- > 0 ? { fault: { code: 'ThrottlingException', message: 'Rate exceeded', headers } } : output({ Metrics: [] })))
  const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' }
  const client = new CloudWatchClient({ region: 'us-west-2', endpoint: stub.url, credentials, retryStrategy: retryStrategy(maxAttempts, testServices().limiter, clock) })
  return () => client.send(new ListMetricsCommand({}))
}
const inSeconds = (seconds: number): string => new Date(Math.ceil(Date.now() / 1_000 + seconds) * 1_000).toUTCString()

it.each([
  { name: 'x-amz-retry-after, in milliseconds', headers: () => ({ 'x-amz-retry-after': '30000' }), seconds: 30 },
  { name: 'Retry-After, in seconds', headers: () => ({ 'retry-after': '30' }), seconds: 30 },
  { name: 'Retry-After, as a date', headers: () => ({ 'retry-after': inSeconds(30) }), seconds: 30 },
  { name: 'an hour, as long as a cycle lasts', headers: () => ({ 'retry-after': '3600' }), seconds: 60 },
])('waits as long as the answer says: $name', async ({ headers, seconds }) => {
  const answer = throttledOnce(headers())()
  await vi.waitFor(() => expect(clock.sleeping).toBe(1), 5_000)
  await clock.advance((seconds - 2) * 1_000)
  expect(clock.sleeping).toBe(1)
  expect(stub.count('ListMetrics')).toBe(1)
  await clock.advance(3_000)
  await answer
  expect(stub.count('ListMetrics')).toBe(2)
})

it('waits with the next call, where there was no other attempt', async () => {
  const call = throttledOnce({ 'x-amz-retry-after': '20000' }, 1)
  await expect(call()).rejects.toThrow('Rate exceeded')
  const next = call()
  await vi.waitFor(() => expect(clock.sleeping).toBe(1))
  expect(stub.count('ListMetrics')).toBe(1)
  await clock.advance(21_000)
  await next
  expect(stub.count('ListMetrics')).toBe(2)
})

it('does not wait for what it is not told', async () => {
  await throttledOnce({})()
  expect(stub.count('ListMetrics')).toBe(2)
})
