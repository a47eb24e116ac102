import type { StubHandler } from './aws-stub.ts'
import type { StubRequest } from './stub-request.ts'

/** The account of the credentials that tests start with. */
const ACCOUNT = '123456789012'
const HOUR = 3_600_000

/** STS as far as a monitor needs it: any role may be assumed, and credentials can end before their time. */
export interface StubSts {
  readonly handlers: Readonly<Record<string, readonly StubHandler[]>>
  /** Refuses credentials that have ended. */
  readonly expired: StubHandler
  /** Ends the credentials that were given until now. */
  expire(): void
}

export function stubSts(): StubSts {
  let given = 0
  let ended = 0
  return {
    handlers: {
      GetCallerIdentity: [
        (request) => ({
          body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
            <Arn>arn:aws:sts::${accountOf(request)}:assumed-role/mon/i-0abc</Arn><Account>${accountOf(request)}</Account>
          </GetCallerIdentityResult></GetCallerIdentityResponse>`,
        }),
      ],
      AssumeRole: [
        ({ form }) => {
          const account = form.get('RoleArn')?.split(':')[4] ?? ACCOUNT
          given++
          return {
            body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
              <AccessKeyId>ASIA${account}${String(given).padStart(4, '0')}</AccessKeyId><SecretAccessKey>assumed-secret</SecretAccessKey>
              <SessionToken>token</SessionToken><Expiration>${new Date(Date.now() + HOUR).toISOString()}</Expiration>
            </Credentials></AssumeRoleResult></AssumeRoleResponse>`,
          }
        },
      ],
    },
    expired: ({ accessKey, protocol }) => {
      const number = ASSUMED.exec(accessKey)?.[2]
      if (number === undefined || Number(number) > ended) return undefined
      const code = protocol === 'json' || protocol === 'cbor' ? 'ExpiredTokenException' : protocol === 'ec2' ? 'RequestExpired' : 'ExpiredToken'
      return { fault: { code, message: 'The security token included in the request is expired', status: 403 } }
    },
    expire() {
      ended = given
    },
  }
}

const ASSUMED = /^ASIA(\d{12})(\d{4})$/

/** The account whose credentials signed a request. */
export function accountOf({ accessKey }: Pick<StubRequest, 'accessKey'>): string {
  return ASSUMED.exec(accessKey)?.[1] ?? ACCOUNT
}
