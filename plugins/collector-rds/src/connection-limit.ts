import { availableMemory } from './class-memory.ts'
import { evaluateParameter } from './evaluate-parameter.ts'
import type { DatabaseInstance } from './database-instance.ts'

interface LimitRule {
  readonly engine: RegExp
  /** The parameter that holds the limit. */
  readonly parameter: string
  /** What holds where the parameter is not set. */
  readonly fallback: string
  /** What the parameter means by 0. */
  readonly zero?: number
}

/**
 * Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections, and for Aurora MySQL
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html#AuroraMySQL.Managing.MaxConnections
 */
const LIMIT_RULES: readonly LimitRule[] = [
  { engine: /^aurora-mysql$/, parameter: 'max_connections', fallback: 'GREATEST({log(DBInstanceClassMemory/805306368)*45},{log(DBInstanceClassMemory/8187281408)*1000})' },
  { engine: /postgres/, parameter: 'max_connections', fallback: 'LEAST({DBInstanceClassMemory/9531392},5000)' },
  { engine: /^mysql$/, parameter: 'max_connections', fallback: '{DBInstanceClassMemory/12582880}' },
  { engine: /^mariadb$/, parameter: 'max_connections', fallback: 'LEAST({DBInstanceClassMemory/25165760},12000)' },
  { engine: /^(custom-)?oracle/, parameter: 'processes', fallback: 'LEAST({DBInstanceClassMemory/9868951},20000)' },
  { engine: /^(custom-)?sqlserver/, parameter: 'user connections', fallback: '0', zero: 32_767 },
  { engine: /^db2/, parameter: 'max_connections', fallback: '64000' },
]

/** The parameter that limits connections, or `undefined` for an engine without a known one. */
export function limitParameter(engine: string): string | undefined {
  return ruleFor(engine)?.parameter
}

/**
 * How many connections an instance takes.
 *
 * @param parameter the value in its parameter group, a number or a formula; left out, AWS's default for the engine holds.
 * @returns `undefined` where it cannot be told: an unknown engine or instance class, a formula that cannot be read.
 */
export function connectionLimit(instance: DatabaseInstance, parameter?: string): number | undefined {
  const rule = ruleFor(instance.engine)
  if (!rule) return undefined
  const limit = evaluateParameter(parameter ?? rule.fallback, {
    DBInstanceClassMemory: availableMemory(instance.instanceClass),
    AllocatedStorage: instance.allocatedBytes,
    EndPointPort: instance.port,
    TrueIfReplica: instance.isReplica ? 1 : 0,
  })
  if (limit === 0) return rule.zero
  return limit !== undefined && limit > 0 ? limit : undefined
}

function ruleFor(engine: string): LimitRule | undefined {
  return LIMIT_RULES.find((rule) => rule.engine.test(engine))
}
