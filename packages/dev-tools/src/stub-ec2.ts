import type { StubHandler } from './aws-stub.ts'

/** An instance that the stub knows. */
export interface StubInstance {
  readonly id: string
  readonly type: string
  readonly detailed?: boolean
  readonly tags?: Readonly<Record<string, string>>
}

/** The most of one page: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
const PAGE = 1_000

/** Answers DescribeInstances with these instances, all running, in pages. Filters are not looked at. */
export function stubInstances(instances: readonly StubInstance[]): StubHandler {
  return ({ form }) => {
    const from = Number(form.get('NextToken') ?? 0)
    const size = Math.min(Number(form.get('MaxResults') ?? PAGE), PAGE)
    const shown = instances.slice(from, from + size)
    const token = from + size < instances.length ? `<nextToken>${from + size}</nextToken>` : ''
    return {
      headers: { 'content-type': 'text/xml;charset=UTF-8' },
      body: `<?xml version="1.0" encoding="UTF-8"?>
        <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>
        ${shown.length === 0 ? '<reservationSet/>' : `<reservationSet>${shown.map(reservation).join('')}</reservationSet>`}${token}</DescribeInstancesResponse>`,
    }
  }
}

function reservation({ id, type, detailed = false, tags = {} }: StubInstance): string {
  const tagSet = Object.entries(tags).map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`)
  return `<item><reservationId>r-${id}</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet><item>
    <instanceId>${id}</instanceId><imageId>ami-1</imageId><instanceState><code>16</code><name>running</name></instanceState>
    <instanceType>${type}</instanceType><monitoring><state>${detailed ? 'enabled' : 'disabled'}</state></monitoring>
    <tagSet>${tagSet.join('')}</tagSet></item></instancesSet></item>`
}
