import { reasonOf, redact, type Secret, TocsinError } from '@tocsin/core'
import { z } from 'zod'
import { CredentialsFailure } from './credentials-failure.ts'

/** The call that failed, in the words of its error. */
export interface FailedCall {
  /** `cloudwatch`. */
  readonly service: string
  /** `GetMetricData`. */
  readonly api: string
  /** The IAM action it needs: `cloudwatch:GetMetricData`. */
  readonly permission: string
  /** Whose credentials: `role/monitoring`, `profile dev`. */
  readonly identity: string
  readonly region: string
  /** What the call carried and no error may show: endpoints and proxies quote requests. */
  readonly secrets: readonly Secret[]
}

const ACCESS = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError', 'AuthorizationErrorException', 'UnauthorizedAccess'])
const CREDENTIALS = new Set([
  'AuthFailure',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'OptInRequired',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
])
/** Those of them that another fetch of credentials may help: they were good once. */
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'])
const THROTTLING = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
])
const UNREACHABLE = new Set(['AbortError', 'InternalFailure', 'InternalServiceFault', 'RequestTimeout', 'RequestTimeoutException', 'ServiceUnavailable', 'TimeoutError'])

/** What the SDK says of an answer. `$fault` is there only when the answer was one of AWS, with a code of its own. */
const answered = z.object({
  name: z.string(),
  $fault: z.string().optional(),
  $metadata: z.object({ httpStatusCode: z.number().optional(), attempts: z.number().optional() }).optional(),
})

type Kind = 'access' | 'credentials' | 'throttled' | 'unreachable' | 'rejected'

/** Everything that is not an AWS error code with a 4xx status is no answer: a broken one, or one of a server in trouble. */
function classify(thrown: unknown): { readonly kind: Kind; readonly name: string } {
  const { name = 'Error', $fault, $metadata } = answered.safeParse(thrown).data ?? {}
  const status = $metadata?.httpStatusCode
  if (ACCESS.has(name)) return { kind: 'access', name }
  if (CREDENTIALS.has(name)) return { kind: 'credentials', name }
  if (THROTTLING.has(name) || status === 429) return { kind: 'throttled', name }
  const refused = $fault !== undefined && status !== undefined && status >= 400 && status < 500
  return { kind: refused && !UNREACHABLE.has(name) && !name.startsWith('Unknown') ? 'rejected' : 'unreachable', name }
}

/** How often the call behind an error was sent; 1 where that is not known. */
export function attemptsOf({ cause }: TocsinError): number {
  return answered.safeParse(cause).data?.$metadata?.attempts ?? 1
}

/** Whether the far side is in trouble, so that the same may work in another region. */
export function isOutage(thrown: unknown): boolean {
  const { kind } = classify(thrown)
  return kind === 'unreachable' || kind === 'throttled'
}

/** Whether AWS refused credentials because they have ended. */
export function isExpired(thrown: unknown): boolean {
  return EXPIRED.has(answered.safeParse(thrown).data?.name ?? '')
}

/** What the SDK threw, as an error that says what is missing and how to get it. */
export function awsError(thrown: unknown, call: FailedCall): TocsinError {
  if (thrown instanceof TocsinError) return thrown
  cleanse(thrown, call.secrets)
  if (thrown instanceof CredentialsFailure) return credentialsError(thrown, call)
  const { service, api, permission, identity } = call
  const where = `${identity}, ${call.region}`
  const { kind, name } = classify(thrown)
  switch (kind) {
    case 'access':
      return denied(permission, where, `allow ${permission} for ${identity}`, thrown)
    case 'credentials':
      return new TocsinError('E202', `${name}: ${service} does not accept the credentials`, {
        where,
        fix: 'renew the credentials (aws sso login, a new key), check the clock, and that the region is enabled for the account',
        cause: thrown,
        permanent: true,
      })
    case 'throttled':
      return new TocsinError('E204', `${service} ${api} is throttled (${name})`, {
        where,
        fix: 'the next cycle tries again; if it stays, ask AWS for a higher quota',
        cause: thrown,
      })
    case 'unreachable':
      return new TocsinError('E205', `${service} ${api} got no proper answer: ${reason(thrown, name)}`, {
        where,
        fix: 'check the network, proxy and endpoint; the next cycle tries again',
        cause: thrown,
      })
    case 'rejected':
      return new TocsinError('E206', `${service} rejected ${api}: ${name}: ${reason(thrown, name)}`, {
        where,
        fix: 'check the names and dimensions in the configuration',
        cause: thrown,
        permanent: true,
      })
  }
}

/** A permission that is missing. */
export function denied(permission: string, where: string, fix: string, cause?: unknown): TocsinError {
  return new TocsinError('E201', `access denied: ${permission}`, { where, fix, cause, permanent: true })
}

/** No call was made. The SDK's own words stay in the cause: they may quote the command of a `credential_process`. */
function credentialsError({ roleArn, cause }: CredentialsFailure, call: FailedCall): TocsinError {
  const where = `${call.identity}, ${call.region}`
  const { kind } = classify(cause)
  if (roleArn !== undefined && kind === 'access') {
    return denied('sts:AssumeRole', where, `allow sts:AssumeRole on ${roleArn}, and let the role trust these credentials (externalId included)`, cause)
  }
  if (roleArn !== undefined && (kind === 'unreachable' || kind === 'throttled')) {
    return awsError(cause, { ...call, service: 'sts', api: 'AssumeRole', permission: 'sts:AssumeRole' })
  }
  return new TocsinError('E202', roleArn === undefined ? 'no credentials were found' : `no credentials were found to assume ${roleArn} with`, {
    where,
    fix: 'set AWS_PROFILE or the option profile, run aws sso login, or run on a machine with a role',
    cause,
    permanent: true,
  })
}

/** The SDK's errors become causes, which logs show: what they quote is taken out of them, too. */
function cleanse(thrown: unknown, secrets: readonly Secret[]): void {
  if (!(thrown instanceof Error)) return
  for (const part of ['message', 'stack'] as const) {
    const said = thrown[part] ?? ''
    const clean = redact(said, secrets)
    // Defined, not assigned: of an AbortError it is a getter.
    if (clean !== said) Object.defineProperty(thrown, part, { value: clean, configurable: true, writable: true })
  }
  cleanse(thrown.cause, secrets)
}

function reason(thrown: unknown, name: string): string {
  return name === 'AbortError' ? 'the time of the cycle was up' : oneLine(reasonOf(thrown))
}

/** Answers of proxies are whole pages; one line of them is enough. */
function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= 200 ? line : `${line.slice(0, 200)}...`
}
