import { type Delivery, deliveryOf, permanent, reasonOf, redact, retryable, type Secret } from '@tocsin/core'
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { z } from 'zod'

const LONGEST_REASON = 300

const refusal = z.object({
  error: z.string(),
  needed: z.string().optional(),
  response_metadata: z.object({ retryAfter: z.number().optional(), messages: z.array(z.string()).optional() }).optional(),
})

/** What `ok: false` says, parsed; an answer that does not say it is not Slack's. */
export function errorOf(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? refusal.safeParse(error.data).data?.error : undefined
}

/** What came of a failed call of the Web API. */
export function failureOf(error: unknown, channel: string, now: number): Delivery {
  if (error instanceof WebAPIRateLimitedError) return retryable('429 ratelimited', error.retryAfter * 1_000)
  if (error instanceof WebAPIPlatformError) return refused(error, channel)
  if (error instanceof WebAPIHTTPError) {
    const { statusCode, statusMessage, headers } = error
    if (statusCode < 300) return retryable(`${statusCode} is no answer of Slack`)
    return deliveryOf(statusCode, statusMessage, { get: (name) => headers[name] ?? null }, now)
  }
  return error instanceof WebAPIRequestError ? unreachable(error.original) : retryable(`an answer that cannot be read: ${reasonOf(error).replaceAll(/\s+/g, ' ')}`)
}

/** The same without what must never be shown, then cut: half a secret would pass. */
export function withoutSecrets(delivery: Delivery, secrets: readonly Secret[]): Delivery {
  return 'reason' in delivery ? { ...delivery, reason: redact(delivery.reason, secrets).slice(0, LONGEST_REASON) } : delivery
}

/** The network's own words: fetch hides them in the cause. */
export function unreachable(error: unknown): Delivery {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return retryable(`Slack did not answer: ${reasonOf(cause)}`)
}

function refused({ data }: WebAPIPlatformError, channel: string): Delivery {
  const { success, data: said } = refusal.safeParse(data)
  // The client takes any body that is not JSON, such as a proxy's page, for the name of an error.
  if (!success || !/^\w{1,80}$/.test(said.error)) return retryable('the answer is not one of Slack')
  const { error, needed, response_metadata: more } = said
  if (!PERMANENT.has(error)) return retryable(error, more?.retryAfter === undefined ? undefined : more.retryAfter * 1_000)
  const hint = error === 'missing_scope' && needed !== undefined ? `add the scope ${needed} and install the app again` : (advice(error, channel) ?? more?.messages?.[0])
  return permanent(hint === undefined ? error : `${error}: ${hint}`)
}

function advice(error: string, channel: string): string | undefined {
  switch (error) {
    case 'not_in_channel':
      return `invite the bot to ${channel}`
    case 'channel_not_found':
      return `there is no ${channel}, or it is private and the bot is not in it`
    case 'is_archived':
    case 'is_inactive':
      return `${channel} is archived: unarchive it or choose another`
    case 'invalid_auth':
    case 'not_authed':
      return 'the token is not valid: copy the bot token (xoxb-...) again'
    case 'account_inactive':
    case 'token_revoked':
    case 'token_expired':
      return 'the app was removed or its token revoked: install it again and set the new token'
    case 'restricted_action':
    case 'restricted_action_read_only_channel':
      return `the workspace lets only some members post to ${channel}`
    default:
      return undefined
  }
}

/**
 * Errors of `chat.postMessage` and `chat.update` that no repeat can cure (docs.slack.dev/reference/methods). All others are tried again, those that Slack may yet
 * invent included: a few calls too many cost less than an alert that nobody got.
 */
const PERMANENT: ReadonlySet<string> = new Set([
  // the channel
  'channel_not_found', 'not_in_channel', 'is_archived', 'is_inactive', 'user_not_found', 'messages_tab_disabled',
  'method_not_supported_for_channel_type', 'restricted_action', 'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel', 'restricted_action_non_threadable_channel', 'restricted_action_thread_locked',
  // the token
  'invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'missing_scope', 'no_permission',
  'not_allowed_token_type', 'access_denied', 'accesslimited', 'ekm_access_denied', 'enterprise_is_restricted',
  'team_access_not_granted', 'team_not_found', 'two_factor_setup_required', 'metadata_must_be_sent_from_app',
  // the message
  'no_text', 'msg_too_long', 'msg_blocks_too_long', 'invalid_blocks', 'invalid_blocks_format', 'invalid_attachments',
  'too_many_attachments', 'attachment_payload_limit_exceeded', 'invalid_metadata_format', 'invalid_metadata_schema',
  'metadata_too_large', 'invalid_arguments', 'invalid_arg_name', 'invalid_array_arg', 'invalid_charset', 'invalid_form_data',
  'invalid_post_type', 'missing_post_type', 'method_deprecated', 'deprecated_endpoint', 'unknown_method',
])
