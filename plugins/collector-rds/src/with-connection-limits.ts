import type { Discovered, DiscoverContext, Target } from '@tocsin/aws'
import { asTocsinError, type SharedKey } from '@tocsin/core'
import { connectionLimit, limitParameter } from './connection-limit.ts'
import type { DatabaseInstance } from './database-instance.ts'
import type { RdsOptions } from './options.ts'
import { parameterValue } from './parameter-value.ts'

/** Instances whose missing limit was told already. */
const TOLD: SharedKey<Set<string>> = { name: 'rds instances without a known connection limit', create: () => new Set() }

/**
 * The instances with their connection limit, where it can be told. A parameter group that cannot be read is reported and leaves
 * its instances without one; all other metrics go on. A limit that nobody can tell is logged once.
 */
export async function withConnectionLimits(
  instances: readonly Discovered<DatabaseInstance>[],
  target: Target,
  context: DiscoverContext<RdsOptions>,
): Promise<Discovered<DatabaseInstance>[]> {
  const unreadable = new Set<string>()
  const limited: Discovered<DatabaseInstance>[] = []
  for (const one of instances) {
    const limit = context.options.maxConnections[one.facts.identifier] ?? (await limitByGroup(one.facts, unreadable, target, context))
    limited.push(limit === undefined ? one : { ...one, facts: { ...one.facts, connectionLimit: limit } })
  }
  return limited
}

async function limitByGroup(instance: DatabaseInstance, unreadable: Set<string>, target: Target, context: DiscoverContext<RdsOptions>): Promise<number | undefined> {
  const { parameterGroup: group, engine } = instance
  const parameter = limitParameter(engine)
  let value: string | undefined
  // Groups named `default.` cannot be changed, so their value is AWS's default and needs no call.
  if (parameter !== undefined && group !== undefined && !group.startsWith('default.')) {
    if (unreadable.has(group)) return undefined
    try {
      value = await parameterValue(target, group, parameter, context)
    } catch (error) {
      unreadable.add(group)
      context.fail(asTocsinError(error, 'E200', { where: `parameter group ${group}, ${target.region}`, fix: 'set maxConnections for its instances' }))
      return undefined
    }
  }
  const limit = connectionLimit(instance, value)
  if (limit === undefined) tellOnce(instance, target, context)
  return limit
}

function tellOnce({ identifier, engine, instanceClass }: DatabaseInstance, target: Target, context: DiscoverContext<RdsOptions>): void {
  const told = context.shared(TOLD)
  const key = `${target.key} ${identifier}`
  if (told.has(key)) return
  told.add(key)
  context.logger.warn(
    { instance: identifier, region: target.region, engine, instanceClass },
    `rds.connectionsUsed is not watched for ${identifier}: nothing tells how many connections a ${engine} ${instanceClass} takes; set maxConnections: { '${identifier}': <number> }`,
  )
}
