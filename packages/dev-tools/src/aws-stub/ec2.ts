import type { StubHandler } from './aws-stub.ts'
import { NO_QUOTAS, type Quotas } from './quotas.ts'
import { escapeXml, type StubFault, throttled } from './stub-answer.ts'
import { accountOf } from './sts.ts'

/** An instance that the stub knows. */
export interface StubInstance {
  readonly id: string
  readonly type: string
  /** Default `running`. */
  readonly state?: 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped'
  /** Default `ami-1`. */
  readonly image?: string
  readonly detailed?: boolean
  readonly tags?: Readonly<Record<string, string>>
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
const LEAST = 5
const PAGE = 1_000
const FILTERS = 200
/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
const CODES = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 } as const

/** Answers DescribeInstances with these instances, in pages. It knows the filters `instance-state-name`, `instance-type` and `tag:<key>`. */
export function stubInstances(instances: readonly StubInstance[], quotas: Quotas = NO_QUOTAS): StubHandler {
  return (request) => {
    const { form } = request
    if (!quotas.allows(accountOf(request), request.region, 'DescribeInstances')) return throttled(request.protocol)
    const size = Number(form.get('MaxResults') ?? PAGE)
    if (size < LEAST || size > PAGE) return invalid('InvalidParameterValue', `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${LEAST} and ${PAGE}.`)
    const filters = filtersOf(form)
    const unknown = filters.find(({ name }) => !(name in FIELDS) && !name.startsWith('tag:'))
    if (unknown) return invalid('InvalidParameterValue', `The filter '${unknown.name}' is invalid`)
    const matching = instances.filter((one) => filters.every(({ name, values }) => values.some((value) => matches(fieldOf(one, name), value))))
    const from = Number(form.get('NextToken') ?? 0)
    const shown = matching.slice(from, from + size)
    const token = from + size < matching.length ? `<nextToken>${from + size}</nextToken>` : ''
    return {
      headers: { 'content-type': 'text/xml;charset=UTF-8' },
      body: `<?xml version="1.0" encoding="UTF-8"?>
        <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>
        ${shown.length === 0 ? '<reservationSet/>' : `<reservationSet>${shown.map((one) => reservation(one, accountOf(request))).join('')}</reservationSet>`}${token}</DescribeInstancesResponse>`,
    }
  }
}

const FIELDS: Readonly<Record<string, (one: StubInstance) => string>> = {
  'instance-state-name': ({ state = 'running' }) => state,
  'instance-type': ({ type }) => type,
}

function fieldOf(one: StubInstance, name: string): string | undefined {
  return name.startsWith('tag:') ? one.tags?.[name.slice('tag:'.length)] : FIELDS[name]?.(one)
}

/** `*` and `?` are wildcards, and a backslash takes that from them. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
function matches(field: string | undefined, pattern: string): boolean {
  if (field === undefined) return false
  const source = pattern.replaceAll(/\\(.)|([*?])|([.+^${}()|[\]\\])/g, (_, literal: string | undefined, wildcard: string | undefined, special: string | undefined) =>
    literal === undefined ? (wildcard === undefined ? `\\${special ?? ''}` : wildcard === '*' ? '.*' : '.') : literal.replace(/\W/, '\\$&'),
  )
  return new RegExp(`^${source}$`, 's').test(field)
}

function filtersOf(form: URLSearchParams): { name: string; values: string[] }[] {
  const filters: { name: string; values: string[] }[] = []
  for (let filter = 1; filter <= FILTERS; filter++) {
    const name = form.get(`Filter.${filter}.Name`)
    if (name === null) break
    const values: string[] = []
    for (let value = form.get(`Filter.${filter}.Value.1`); value !== null; value = form.get(`Filter.${filter}.Value.${values.length + 1}`)) values.push(value)
    filters.push({ name, values })
  }
  return filters
}

function reservation({ id, type, state = 'running', image = 'ami-1', detailed = false, tags = {} }: StubInstance, account: string): string {
  const tagSet = Object.entries(tags).map(([key, value]) => `<item><key>${escapeXml(key)}</key><value>${escapeXml(value)}</value></item>`)
  return `<item><reservationId>r-${id}</reservationId><ownerId>${account}</ownerId><groupSet/><instancesSet><item>
    <instanceId>${id}</instanceId><imageId>${image}</imageId><instanceState><code>${CODES[state]}</code><name>${state}</name></instanceState>
    <instanceType>${type}</instanceType><monitoring><state>${detailed ? 'enabled' : 'disabled'}</state></monitoring>
    <tagSet>${tagSet.join('')}</tagSet></item></instancesSet></item>`
}

function invalid(code: string, message: string): StubFault {
  return { fault: { code, message } }
}
