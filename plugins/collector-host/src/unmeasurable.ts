import { TocsinError } from '@tocsin/core'

/** An E207: this machine does not tell. */
export function unmeasurable(what: string, details: { readonly where?: string; readonly fix?: string; readonly cause?: unknown } = {}): TocsinError {
  return new TocsinError('E207', what, { fix: 'remove the rule, or run where it can be measured', ...details })
}
