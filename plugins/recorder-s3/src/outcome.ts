import { TocsinError } from '@tocsin/core'
import { z } from 'zod'

const named = z.object({ name: z.string() })
const nameOf = (error: unknown): string => (error instanceof TocsinError ? (named.safeParse(error.cause).data?.name ?? '') : '')

/** Whether S3 refused because an object of that key is there already. */
export const isThere = (error: unknown): boolean => nameOf(error) === 'PreconditionFailed'

/** What a failed upload means. The session codes every error; where S3 has more to say of it, this does too. */
export function failedUpload(error: unknown, bucket: string): unknown {
  if (!(error instanceof TocsinError)) return error
  const { where } = error
  switch (nameOf(error)) {
    case 'NoSuchBucket':
      return new TocsinError('E206', `there is no bucket ${bucket}`, { ...(where && { where }), fix: 'create it, or correct "bucket"', cause: error.cause, permanent: true })
    case 'ConditionalRequestConflict':
      return new TocsinError('E204', 'the same document is being uploaded by another process', { ...(where && { where }), fix: 'it is tried again', cause: error.cause })
    case 'AccessDenied':
      return new TocsinError('E201', error.message, { ...(where && { where }), fix: `${error.fix} on arn:aws:s3:::${bucket}/*, and the use of its key where it is encrypted with one`, cause: error.cause, permanent: true })
    default:
      return error
  }
}
