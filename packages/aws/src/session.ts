import type { Secret, Services, SharedKey } from '@tocsin/core'
import type { Quotas } from './apis.ts'
import { type Clients, createClients } from './clients.ts'
import { createHttpHandler } from './http-handler.ts'
import { createSession } from './create-session.ts'
import type { Target } from './target.ts'

/** Whose credentials to use, and how calls are made. */
export interface SessionOptions {
  /** A profile of `~/.aws/config`. Default: the SDK's usual chain. */
  readonly profile?: string | undefined
  /** A role to assume with those credentials. Default: none. */
  readonly roleArn?: string | undefined
  /** What the role's trust policy asks for. Default: none is sent. */
  readonly externalId?: Secret | undefined
  /** Shown as the account. Default: the account's number. */
  readonly name?: string | undefined
  /** Address of a local stand-in. Default: AWS itself, or what AWS_ENDPOINT_URL says. */
  readonly endpoint?: string | undefined
  /** How often a call is tried, the first time included. Default 3. A notifier gives 1: core retries. */
  readonly maxAttempts?: number | undefined
  /** Quotas that AWS has changed for the account: `{ 'cloudwatch:GetMetricData': 100 }`. Default: AWS's own. */
  readonly quotas?: Quotas | undefined
}

/**
 * One set of credentials, with its clients. Shared by all plugins of the process that ask for the same; what is the same but for its name
 * or quotas shares its clients, and what they are polled for.
 */
export interface AwsSession {
  /**
   * The region as a target. Asks STS once whose credentials these are; when STS does not answer, the target is named by the
   * profile, a warning is logged, and STS is asked again after five minutes.
   *
   * @param region default: the region of the profile or of AWS_REGION.
   * @param otherwise the region where none is set at all. Default: that is an error.
   * @throws TocsinError E202 when there is no region at all.
   */
  target(region: string | undefined, signal: AbortSignal, otherwise?: string): Promise<Target>
}

interface Sessions {
  open(options: SessionOptions): AwsSession
  close(): void
}

const SESSIONS: SharedKey<Sessions> = {
  name: 'aws sessions',
  create(services) {
    const handler = createHttpHandler()
    const sessions = new Map<string, AwsSession>()
    const clients = new Map<string, Clients>()
    /** Targets are told apart by these, and not by the credentials themselves: an external id is a secret. */
    const names = new Map<string, string>()
    const cached = <T>(map: Map<string, T>, key: unknown, make: () => T): T => {
      const name = JSON.stringify(key)
      const known = map.get(name) ?? make()
      map.set(name, known)
      return known
    }
    return {
      open(options) {
        const { profile, roleArn, externalId, endpoint, maxAttempts, name, quotas } = options
        const credentials = [profile, roleArn, externalId?.reveal(), endpoint]
        return cached(sessions, [credentials, maxAttempts, name, quotas], () =>
          createSession(
            options,
            cached(names, credentials, () => `credentials ${names.size}`),
            cached(clients, [credentials, maxAttempts], () => createClients(options, handler, services)),
            services,
          ),
        )
      },
      close: () => handler.destroy(),
    }
  },
  close: async (sessions) => sessions.close(),
}

/** The session of these options. The same options give the same session, clients and connections included. */
export function openSession(services: Services, options: SessionOptions): AwsSession {
  return services.shared(SESSIONS).open(options)
}
