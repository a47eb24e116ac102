import { TocsinError } from '@tocsin/core'

/** Wrong use of the command: exit code 2. */
export const usageError = (what: string, fix: string, where?: string): TocsinError => new TocsinError('E600', what, { fix, ...(where === undefined ? {} : { where }) })
