import { TocsinError } from '@tocsin/core'
import { z } from 'zod'

const named = z.object({ name: z.string() })
const nameOf = (error: unknown): string => (error instanceof TocsinError ? (named.safeParse(error.cause).data?.name ?? '') : '')

/** Whether the table's capacity was used up. */
export const isThrottled = (error: unknown): boolean => error instanceof TocsinError && (error.code === 'E204' || nameOf(error) === 'ProvisionedThroughputExceededException')

/** What a failed write means. The session codes every error; where DynamoDB has more to say of it, this does too. */
export function failedWrite(error: unknown, table: string): unknown {
  if (!(error instanceof TocsinError)) return error
  const where = error.where === undefined ? {} : { where: error.where }
  const { message, cause } = error
  switch (nameOf(error)) {
    case 'ResourceNotFoundException':
      return new TocsinError('E206', `there is no table ${table}`, { ...where, fix: 'create it as the README of @tocsin/recorder-dynamodb says, or correct "table" and "region"', cause, permanent: true })
    case 'ValidationException':
      return new TocsinError('E206', message, { ...where, fix: `let the partition key of ${table} be the text "resource" and its sort key the text "time"`, cause, permanent: true })
    case 'AccessDeniedException':
      return new TocsinError('E201', message, { ...where, fix: `${error.fix} on ${table}, and the use of its key where it is encrypted with one`, cause, permanent: true })
    default:
      return error
  }
}
