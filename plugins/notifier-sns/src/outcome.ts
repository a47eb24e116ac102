import { type Delivery, oneLine, permanent, reasonOf, retryable, TocsinError } from '@tocsin/core'
import { z } from 'zod'

const named = z.object({ name: z.string() })

/** What a failed call means for the notification. The session codes every error; the SDK's own is its cause. */
export function failedPublish(error: unknown, topicArn: string): Delivery {
  if (!(error instanceof TocsinError)) return retryable(cut(reasonOf(error)))
  if (error.code === 'E201') return permanent(`${error.message} (${topicArn}); ${error.fix}`)
  // Credentials are renewed while notifications wait, by a person or by whatever issues them.
  if (error.code === 'E202') return retryable(`${error.message}; ${error.fix}`)
  return error.code === 'E206' ? rejected(error, topicArn) : retryable(cut(error.message))
}

function rejected(error: TocsinError, topicArn: string): Delivery {
  const name = named.safeParse(error.cause).data?.name ?? ''
  if (name === 'KMSThrottlingException') return retryable(`the key of ${topicArn} is throttled (${name})`)
  if (name === 'NotFoundException') return permanent(`there is no topic ${topicArn}; create it, or correct topicArn`)
  if (name === 'KMSAccessDeniedException') return permanent(`the key of ${topicArn} refuses; allow kms:GenerateDataKey* and kms:Decrypt on it`)
  return permanent(cut(error.message))
}

/** Answers of AWS name the caller and the topic, never a secret; those of proxies may be whole pages. */
function cut(text: string): string {
  return oneLine(text).slice(0, 300)
}
