import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { RecordingDocument } from '@tocsin/core'
import { describe, expect, it } from 'vitest'
import { itemsOf, seriesName } from './items.ts'

const sample = (over: Partial<RecordingDocument['samples'][number]> = {}): RecordingDocument['samples'][number] => ({
  resource: { id: 'i-1', type: 'ec2', name: 'web-1', account: 'prod', region: 'us-west-2', tags: { team: 'web' } },
  rule: 'ec2.cpu',
  metric: 'cpu',
  unit: 'percent',
  dimensions: {},
  at: '2026-01-05T12:00:00.000Z',
  value: 91,
  level: 'critical',
  ...over,
})
const document = (...samples: RecordingDocument['samples']): RecordingDocument => ({ format: 1, monitor: 'main', host: 'web-9', at: '2026-01-05T12:01:00.000Z', samples })
const other = { id: 'i-2', type: 'ec2', name: 'web-2', tags: {} }

it('is one for each resource, with all its series', () => {
  const items = itemsOf(document(sample(), sample({ resource: other }), sample({ rule: 'ec2.disk', metric: 'disk', dimensions: { mount: '/' }, value: 40, level: 'none' })))
  expect(items).toEqual([
    {
      resource: { S: 'i-1' },
      time: { S: '2026-01-05T12:01:00.000Z#main#web-9' },
      monitor: { S: 'main' },
      host: { S: 'web-9' },
      type: { S: 'ec2' },
      name: { S: 'web-1' },
      account: { S: 'prod' },
      region: { S: 'us-west-2' },
      values: {
        M: {
          'ec2.cpu': { M: { value: { N: '91' }, unit: { S: 'percent' }, level: { S: 'critical' }, at: { S: '2026-01-05T12:00:00.000Z' } } },
          'ec2.disk{mount="/"}': { M: { value: { N: '40' }, unit: { S: 'percent' }, level: { S: 'none' }, at: { S: '2026-01-05T12:00:00.000Z' } } },
        },
      },
    },
    expect.objectContaining({ resource: { S: 'i-2' }, name: { S: 'web-2' } }),
  ])
  expect(Object.keys(items[1] ?? {}).toSorted()).toEqual(['host', 'monitor', 'name', 'resource', 'time', 'type', 'values'])
})

it('expires some time after the recording, rounded up to a second', () => {
  const [item] = itemsOf({ ...document(sample()), at: '2026-01-05T12:01:00.001Z' }, 86_400_000)
  expect(item?.['expiresAt']).toEqual({ N: String(Date.parse('2026-01-06T12:01:01Z') / 1_000) })
})

it('names a series by its rule and dimensions, in one order', () => {
  expect(seriesName({ rule: 'host.disk', dimensions: { mount: '/a"b', device: 'sda' } })).toBe('host.disk{device="sda",mount="/a\\"b"}')
})

describe('a value', () => {
  const valueOf = (value: number | 'Infinity' | '-Infinity') => {
    const [item] = itemsOf(document(sample({ value })))
    return item?.['values']?.M?.['ec2.cpu']?.M?.['value']
  }
  it.each([
    [0, { N: '0' }],
    [-0.1, { N: '-0.1' }],
    [9.9e125, { N: '9.9e+125' }],
    [1e-130, { N: '1e-130' }],
    [1e126, { S: '1e+126' }],
    [-1e-131, { S: '-1e-131' }],
    ['Infinity', { S: 'Infinity' }],
    ['-Infinity', { S: '-Infinity' }],
  ] as const)('%s is %j', (value, attribute) => {
    expect(valueOf(value)).toEqual(attribute)
  })
})

describe('what DynamoDB does not take', () => {
  it('is an item of more than 400 KiB: it is cut into several', () => {
    const samples = Array.from({ length: 9_000 }, (_, index) => sample({ dimensions: { mount: `/a/path/that/is/rather/long/${index}` } }))
    const items = itemsOf(document(...samples))
    expect(items.map(({ time }) => time?.S)).toEqual(['', '#2', '#3', '#4', '#5'].slice(0, items.length).map((part) => `2026-01-05T12:01:00.000Z#main#web-9${part}`))
    expect(items.length).toBeGreaterThan(2)
    for (const item of items) expect(bytes({ M: item })).toBeLessThan(400 * 1_024)
    expect(items.reduce((sum, { values }) => sum + Object.keys(values?.M ?? {}).length, 0)).toBe(9_000)
  })

  it('is a key of more than 2048 bytes: its end is a hash', () => {
    const keys = ['a', 'b'].map((end) => itemsOf(document(sample({ resource: { ...other, id: `${'ü'.repeat(1_100)}${end}` } })))[0]?.['resource']?.S ?? '')
    for (const key of keys) expect(Buffer.byteLength(key)).toBeLessThanOrEqual(2_048)
    expect(new Set(keys).size).toBe(2)
    expect(itemsOf(document(sample({ resource: { ...other, id: 'x'.repeat(2_048) } })))[0]?.['resource']).toEqual({ S: 'x'.repeat(2_048) })
  })
})

it('costs one write unit for a resource with six metrics', () => {
  const names = ['cpu', 'memory', 'disk', 'networkIn', 'networkOut', 'statusCheckFailed']
  const resource = { id: 'arn:aws:ec2:us-west-2:123456789012:instance/i-0123456789abcdef0', type: 'ec2', name: 'web-3', account: '123456789012', region: 'us-west-2', tags: {} }
  const [item] = itemsOf(document(...names.map((name) => sample({ resource, rule: `ec2.${name}`, metric: name, value: 12.345678 }))), 86_400_000)
  const size = bytes({ M: item ?? {} })
  expect(size).toBe(698)
})

/** As https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html counts. */
function bytes({ S, N, M }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S)
  if (N !== undefined) return Math.ceil(N.replace(/[^\d]/g, '').length / 2) + 1
  return Object.entries(M ?? {}).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + bytes(value) + 1, 3)
}
