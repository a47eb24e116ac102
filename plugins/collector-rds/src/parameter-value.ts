import type { DiscoverContext, Target } from '@tocsin/aws'
import type { SharedKey } from '@tocsin/core'
import { z } from 'zod'
import { rdsService } from './rds-service.ts'

/** Parameter groups change rarely, and a change of a connection limit waits for a restart anyway. */
const TTL = 6 * 3_600_000
/** A value is better than none while RDS throttles, but not for ever: a revoked permission must come out. */
const STALE = 3 * TTL

interface Remembered {
  readonly at: number
  readonly value: string | undefined
}

const MEMORY: SharedKey<Map<string, Remembered>> = { name: 'rds parameter values', create: () => new Map() }

const described = z.object({
  Parameters: z.array(z.object({ ParameterName: z.string().optional(), ParameterValue: z.string().optional() })).default([]),
  Marker: z.string().optional(),
})

/**
 * The value of one parameter of a parameter group, `undefined` where it is not set. Asked once in six hours, whatever the number
 * of instances that use the group; a failure is passed over while the last answer is less than 18 hours old.
 *
 * @throws TocsinError as `Target.call` does.
 */
export async function parameterValue(target: Target, group: string, parameter: string, context: DiscoverContext<unknown>): Promise<string | undefined> {
  const memory = context.shared(MEMORY)
  const key = JSON.stringify([target.key, group, parameter])
  const known = memory.get(key)
  const age = known ? context.clock.now() - known.at : Infinity
  if (known && age < TTL) return known.value
  try {
    const value = await readParameter(target, group, parameter, context.signal)
    memory.set(key, { at: context.clock.now(), value })
    return value
  } catch (error) {
    if (known && age < STALE) return known.value
    throw error
  }
}

async function readParameter(target: Target, group: string, parameter: string, signal: AbortSignal): Promise<string | undefined> {
  const { DescribeDBParametersCommand } = await import('@aws-sdk/client-rds')
  let marker: string | undefined
  do {
    const command = new DescribeDBParametersCommand({
      DBParameterGroupName: group,
      Filters: [{ Name: 'parameter-name', Values: [parameter] }],
      ...(marker === undefined ? {} : { Marker: marker }),
    })
    const page = described.parse(await target.call(rdsService, 'DescribeDBParameters', (client, options) => client.send(command, options), signal))
    const found = page.Parameters.find(({ ParameterName }) => ParameterName === parameter)
    if (found) return found.ParameterValue
    marker = page.Marker
  } while (marker)
  return undefined
}
