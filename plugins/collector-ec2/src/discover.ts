import type { DescribeInstancesCommandInput, EC2Client } from '@aws-sdk/client-ec2'
import type { AwsService, Discovered, DiscoverContext, Target } from '@tocsin/aws'
import { TocsinError } from '@tocsin/core'
import { describedInstances, instanceFacts, type InstanceFacts, type Reservation } from './instance.ts'
import type { Ec2Options } from './options.ts'

const ec2Service: AwsService<EC2Client> = {
  name: 'ec2',
  load: async () => {
    const { EC2Client } = await import('@aws-sdk/client-ec2')
    return (config) => new EC2Client(config)
  },
}

/** The most that DescribeInstances gives at once. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
const PAGE = 1_000

/** The running instances of a region that have the wanted tags. Others have no metrics, and asking for them is paid for all the same. */
export async function discover(target: Target, { options, signal }: DiscoverContext<Ec2Options>): Promise<readonly Discovered<InstanceFacts>[]> {
  const found: Discovered<InstanceFacts>[] = []
  for await (const { OwnerId, Instances } of describe(target, options, signal)) {
    for (const instance of Instances) {
      const tags = Object.fromEntries(instance.Tags.map(({ Key, Value }) => [Key, Value]))
      const id = instance.InstanceId
      found.push({
        resource: { id: `arn:${target.partition}:ec2:${target.region}:${OwnerId}:instance/${id}`, type: 'ec2', name: tags['Name'] || id, tags },
        dimensions: { InstanceId: id },
        facts: instanceFacts(instance),
      })
    }
  }
  return found
}

async function* describe(target: Target, { tags }: Ec2Options, signal: AbortSignal): AsyncGenerator<Reservation> {
  const { DescribeInstancesCommand } = await import('@aws-sdk/client-ec2')
  const input: DescribeInstancesCommandInput = {
    MaxResults: PAGE,
    Filters: [{ Name: 'instance-state-name', Values: ['running'] }, ...Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [literal(value)] }))],
  }
  let token: string | undefined
  do {
    const command = new DescribeInstancesCommand(token === undefined ? input : { ...input, NextToken: token })
    const page = describedInstances.safeParse(await target.call(ec2Service, 'DescribeInstances', (client, options) => client.send(command, options), signal))
    if (!page.success) throw malformed(target, page.error)
    yield* page.data.Reservations
    token = page.data.NextToken
  } while (token)
}

/** EC2 reads `*` and `?` in a filter as wildcards. */
function literal(value: string): string {
  return value.replaceAll(/[*?\\]/g, '\\$&')
}

function malformed({ account, region }: Target, cause: unknown): TocsinError {
  return new TocsinError('E205', 'ec2 DescribeInstances gave an answer without instances', { where: `${account}, ${region}`, fix: 'check the proxy and endpoint; the next cycle tries again', cause })
}
