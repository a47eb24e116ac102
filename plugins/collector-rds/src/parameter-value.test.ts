import type { DiscoverContext, Target } from '@tocsin/aws'
import { TocsinError } from '@tocsin/core'
import { FakeClock, testServices } from '@tocsin/core/testing'
import { describe, expect, it } from 'vitest'
import { parameterValue } from './parameter-value.ts'

// moto neither filters parameters nor pages them, so the calls are looked at here.

const HOUR = 3_600_000
const DENIED = new TocsinError('E201', 'access denied: rds:DescribeDBParameters', { fix: 'allow it', permanent: true })

/** RDS that gives these answers in turn; an error is thrown. */
function setUp(...answers: readonly (object | Error)[]) {
  const queue = [...answers]
  const calls: object[] = []
  const target: Target = {
    account: 'prod',
    accountId: '123456789012',
    region: 'us-west-2',
    partition: 'aws',
    key: 'us-west-2',
    call: (_service, _api, run, signal) => {
      const send = async ({ input }: { readonly input: object }): Promise<object | undefined> => {
        calls.push(input)
        const answer = queue.shift()
        if (answer instanceof Error) throw answer
        return answer
      }
      return run({ send } as never, { abortSignal: signal })
    },
  }
  const clock = new FakeClock()
  const context: DiscoverContext<unknown> = {
    ...testServices(clock),
    options: {},
    wanted: new Set(['connectionsUsed']),
    signal: new AbortController().signal,
    fail: () => {},
    listMetrics: async () => [],
  }
  return { clock, calls, read: (group = 'orders') => parameterValue(target, group, 'max_connections', context) }
}

const answer = (value: string): object => ({ Parameters: [{ ParameterName: 'max_connections', ParameterValue: value }] })

describe('parameterValue', () => {
  it('asks for the one parameter, and reads on until it comes', async () => {
    const { read, calls } = setUp({ Parameters: [{ ParameterName: 'autocommit', ParameterValue: '1' }], Marker: 'more' }, answer('200'))
    expect(await read()).toBe('200')
    const asked = { DBParameterGroupName: 'orders', Filters: [{ Name: 'parameter-name', Values: ['max_connections'] }] }
    expect(calls).toEqual([asked, { ...asked, Marker: 'more' }])
  })

  it('gives nothing for a parameter that is not set', async () => {
    expect(await setUp({ Parameters: [{ ParameterName: 'max_connections' }] }).read()).toBeUndefined()
    expect(await setUp({ Parameters: [] }).read()).toBeUndefined()
  })

  it('asks again after six hours, each group for itself', async () => {
    const { read, clock, calls } = setUp(answer('200'), answer('50'), answer('300'))
    expect([await read(), await read('invoices'), await read()]).toEqual(['200', '50', '200'])
    await clock.advance(6 * HOUR)
    expect(await read()).toBe('300')
    expect(calls).toHaveLength(3)
  })

  it('keeps to what it knows for 18 hours while RDS does not answer, then says why', async () => {
    const { read, clock } = setUp(answer('200'), DENIED, DENIED)
    await read()
    await clock.advance(7 * HOUR)
    expect(await read()).toBe('200')
    await clock.advance(12 * HOUR)
    await expect(read()).rejects.toBe(DENIED)
  })

  it('says why at once when it knows nothing', async () => {
    await expect(setUp(DENIED).read()).rejects.toBe(DENIED)
  })
})
