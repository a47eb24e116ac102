import { type Permission, TocsinError, type ValueContext } from '@tocsin/core'
import { denied } from '../aws-error.ts'
import { sessionPermissions } from '../permissions.ts'
import { openSession } from '../session.ts'
import type { AwsService, CallOptions } from '../target.ts'

/** One value at AWS, as a placeholder names it. */
export interface Wanted {
  /** For errors: `parameter "/tocsin/slack"`. */
  readonly label: string
  /** The region of its ARN. Default: the region of AWS_REGION or of the profile. */
  readonly region: string | undefined
  /** What policies call it. */
  readonly arn: string
}

/** How a value is asked for. */
export interface Question<Client, Result> {
  readonly service: AwsService<Client>
  /** As in `Target.call`. */
  readonly api: string
  readonly run: (client: Client, options: CallOptions) => Promise<Result>
  /** The SDK's names of errors that say that there is no such thing. */
  readonly missing: readonly string[]
}

/**
 * Asks AWS for a value, with the default credentials.
 *
 * @throws TocsinError without a place: E110 when there is no such thing, E201 with the action that is missing, E202, E204, E205, E206.
 */
export async function readSecret<Client, Result>({ label, region, arn }: Wanted, { service, api, run, missing }: Question<Client, Result>, { services, signal }: ValueContext): Promise<Result> {
  try {
    const target = await openSession(services, {}).target(region, signal)
    return await target.call(service, api, run, signal)
  } catch (error) {
    if (!(error instanceof TocsinError)) throw error
    const { name, message } = causeOf(error)
    const who = error.where === undefined ? '' : ` (${error.where})`
    const as = (code: TocsinError['code'], what: string, fix: string): TocsinError => new TocsinError(code, `${label}: ${what}${who}`, { fix, cause: error.cause, permanent: error.permanent })
    if (missing.includes(name)) throw as('E110', 'there is none', 'check its name, the account and the region: AWS_REGION, or its ARN')
    const key = error.code === 'E201' ? keyDenied(message) : undefined
    if (key !== undefined) throw as('E201', denied(key, '', '').message, `allow ${key} on the key that it is encrypted with`)
    throw as(error.code, error.message, fixOf(error, arn))
  }
}

/** No cycle follows that would try again. */
function fixOf({ code, fix }: TocsinError, arn: string): string {
  if (code === 'E201') return fix.startsWith('allow ') ? `${fix} on ${arn}` : fix
  if (code === 'E202') return 'check the credentials (AWS_PROFILE, aws sso login, a role of the machine) and that AWS_REGION is set'
  if (code === 'E204') return 'try again in a minute'
  if (code === 'E205') return 'check the network, proxy and endpoint, then try again'
  return code === 'E206' ? 'check what the placeholder names' : fix
}

function causeOf({ cause }: TocsinError): { readonly name: string; readonly message: string } {
  return cause instanceof Error ? cause : { name: '', message: '' }
}

/**
 * The action on a key that AWS says is missing. SSM says "the ciphertext refers to a customer master key ... you are not allowed to access",
 * Secrets Manager "Access to KMS is not allowed", and both may name the action itself.
 */
function keyDenied(message: string): string | undefined {
  const [, action] = /not authorized to perform: ([a-z0-9-]+:\w+)/.exec(message) ?? []
  if (action !== undefined) return action.startsWith('kms:') ? action : undefined
  return /ciphertext|\bKMS\b/.test(message) ? 'kms:Decrypt' : undefined
}

/** What AWS must allow for it. Whose key encrypts it, nobody can tell offline. */
export function secretPermissions({ arn }: Wanted, service: string, api: string, kind: string): Permission[] {
  const reason = `read the ${kind}s that the configuration names`
  const region = arn.split(':')[3] ?? '*'
  const [, partition = 'aws'] = arn.split(':')
  return sessionPermissions({}, [{ service, api, resources: [arn], reason }], [{ action: 'kms:Decrypt', resources: [`arn:${partition}:kms:${region}:*:key/*`], reason, onlyIf: `a ${kind} is encrypted with a key of your own` }])
}
