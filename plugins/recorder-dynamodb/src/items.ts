import { createHash } from 'node:crypto'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { RecordingDocument } from '@tocsin/core'

export type Item = Record<string, AttributeValue>
type Sample = RecordingDocument['samples'][number]

// Figures: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html

/** Bytes of values in an item, counted as JSON, which is longer than what DynamoDB counts. The limit is 400 KiB, keys and names included. */
const MOST_BYTES = 350_000
/** Bytes of a partition key. */
const LONGEST_KEY = 2_048
/** DynamoDB's numbers end here, at both ends; JavaScript's go on. */
const LARGEST = 9.9e125
const SMALLEST = 1e-130

/**
 * One item for each resource: what the monitor saw of it at that moment, all metrics together. So the metrics of a resource over a time are
 * one query, one of them is the same query with a projection, and a write costs one unit for the resource and not one for each metric.
 *
 * @param expireAfter milliseconds.
 */
export function itemsOf({ monitor, host, at, samples }: RecordingDocument, expireAfter?: number): Item[] {
  const expiry: Item = expireAfter === undefined ? {} : { expiresAt: { N: String(Math.ceil((Date.parse(at) + expireAfter) / 1_000)) } }
  return [...Map.groupBy(samples, ({ resource }) => resource.id).values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { id, type, name, account, region } = first.resource
    const shared: Item = {
      resource: { S: partitionKey(id) },
      monitor: { S: monitor },
      host: { S: host },
      type: { S: type },
      name: { S: name },
      ...(account === undefined ? {} : { account: { S: account } }),
      ...(region === undefined ? {} : { region: { S: region } }),
      ...expiry,
    }
    return parts(group).map((values, index) => ({ ...shared, time: { S: [at, monitor, host, ...(index === 0 ? [] : [index + 1])].join('#') }, values: { M: values } }))
  })
}

/** The name of a series among those of its resource: `ec2.cpu`, `host.disk{mount="/"}`. */
export function seriesName({ rule, dimensions }: Pick<Sample, 'rule' | 'dimensions'>): string {
  const labels = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))
  return labels.length === 0 ? rule : `${rule}{${labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`
}

/** A resource with thousands of series does not fit one item. */
function parts(samples: readonly Sample[]): Item[] {
  const found: [string, AttributeValue][][] = []
  let size = Infinity
  for (const sample of samples) {
    const entry: [string, AttributeValue] = [seriesName(sample), valueOf(sample)]
    const bytes = Buffer.byteLength(JSON.stringify(entry))
    if (size + bytes > MOST_BYTES) {
      found.push([])
      size = 0
    }
    found.at(-1)?.push(entry)
    size += bytes
  }
  return found.map((entries) => Object.fromEntries(entries))
}

function valueOf({ value, unit, level, at }: Sample): AttributeValue {
  return { M: { value: numberOf(value), unit: { S: unit }, level: { S: level }, at: { S: at } } }
}

/** A number, or as a text what DynamoDB's numbers cannot hold. */
function numberOf(value: Sample['value']): AttributeValue {
  const size = Math.abs(Number(value))
  return size === 0 || (size >= SMALLEST && size <= LARGEST) ? { N: String(value) } : { S: String(value) }
}

/** Ids are ARNs and the like, far shorter; one that is not would be refused for ever. */
function partitionKey(id: string): string {
  if (Buffer.byteLength(id) <= LONGEST_KEY) return id
  return `${id.slice(0, 400)}#${createHash('sha256').update(id).digest('hex')}`
}
