import type { AskedValue, Monitor, Permission } from '@tocsin/core'

/** One statement of a policy: what is allowed for one reason. */
export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
}

/** A policy as IAM takes it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** What one identity must be allowed. */
export interface Policy {
  /** `default credentials`, `profile dev`, or the ARN of a role. */
  readonly identity: string
  readonly document: PolicyDocument
  /** What is needed besides in circumstances that the configuration does not tell. */
  readonly onlyIf: readonly { readonly actions: readonly string[]; readonly condition: string }[]
}

/** A policy as it is printed: lists in one line, which JSON.stringify breaks. */
export const policyText = (document: PolicyDocument): string =>
  JSON.stringify(document, null, 2).replaceAll(/\[\s+("[^\]]*")\s+\]/g, (_list, items: string) => `[${items.replaceAll(/",\s+"/g, '", "')}]`)

const DEFAULT_IDENTITY = 'default credentials'

/**
 * The least policies that a monitor needs: one for each identity that makes calls, that of the process first.
 *
 * @param asked what reading its configuration needs. Default: nothing.
 */
export function policiesOf({ watch, notify, record }: Pick<Monitor, 'watch' | 'notify' | 'record'>, asked: readonly AskedValue[] = []): Policy[] {
  const all = [...asked.flatMap(({ permissions }) => permissions), ...[...watch, ...Object.values(notify), ...Object.values(record)].flatMap((part) => part.permissions())]
  const byIdentity = Map.groupBy(all, identityOf)
  return [...byIdentity].map(([identity, needs]) => policyOf(identity, needs)).toSorted((a, b) => orderOf(a) - orderOf(b))
}

const identityOf = ({ roleArn, profile }: Permission): string => roleArn ?? (profile === undefined ? DEFAULT_IDENTITY : `profile ${profile}`)

const orderOf = ({ identity }: Policy): number => (identity === DEFAULT_IDENTITY ? 0 : identity.startsWith('arn:') ? 2 : 1)

function policyOf(identity: string, permissions: readonly Permission[]): Policy {
  const always = permissions.filter(({ onlyIf }) => onlyIf === undefined)
  // Actions on the same things for the same reason stand together, and so do things on which the same is allowed.
  const byResources = Map.groupBy(actionsOnResources(always), ({ reason, resources }) => JSON.stringify([reason, resources]))
  const statements = [...byResources.values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : [{ reason: first.reason, actions: sorted(group.map(({ action }) => action)), resources: first.resources }]
  })
  return {
    identity,
    document: { Version: '2012-10-17', Statement: statements.map(({ reason, actions, resources }, index) => ({ Sid: sidOf(reason, statements.slice(0, index).filter((one) => one.reason === reason).length), Effect: 'Allow', Action: actions, Resource: resources })) },
    onlyIf: conditionsOf(permissions),
  }
}

interface ActionOnResources {
  readonly reason: string
  readonly action: string
  readonly resources: readonly string[]
}

function actionsOnResources(permissions: readonly Permission[]): ActionOnResources[] {
  const byAction = Map.groupBy(permissions, ({ reason, action }) => JSON.stringify([reason, action]))
  return [...byAction.values()].flatMap((group) => {
    const [first] = group
    const resources = sorted(group.flatMap(({ resources: some }) => some))
    return first === undefined ? [] : [{ reason: first.reason, action: first.action, resources: resources.includes('*') ? ['*'] : resources }]
  })
}

function conditionsOf(permissions: readonly Permission[]): Policy['onlyIf'] {
  const byCondition = Map.groupBy(permissions, ({ onlyIf }) => onlyIf)
  return [...byCondition].flatMap(([condition, group]) => (condition === undefined ? [] : [{ condition, actions: sorted(group.map(({ action }) => action)) }]))
}

const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].toSorted()

/** `read the points of metrics` is `ReadThePointsOfMetrics`: IAM takes letters and digits alone. */
function sidOf(reason: string, before: number): string {
  const words = reason.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}${before === 0 ? '' : before + 1}`
}
