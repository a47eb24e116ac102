import { redact, type Secret, TocsinError } from '@tocsin/core'

/** SQLSTATE of an error that the server sent. */
const stateOf = (error: Error): string | undefined => ('code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined)

// Classes and codes from https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exceptions, operator interventions, lack of resources.
const UNREACHABLE = /^(08|57P|53)/
const DENIED = /^(28|42501$)/
const CONTENDED = /^(40|55P03$)/

/** Whether an error says that the connection is gone, so that nobody told what became of what was under way. */
export function isConnectionLoss(error: unknown): boolean {
  const inner = error instanceof TocsinError ? error.cause : error
  if (!(inner instanceof Error)) return false
  const state = stateOf(inner)
  return state === undefined || UNREACHABLE.test(state)
}

/**
 * An error of PostgreSQL or of the way to it as a coded error.
 *
 * @param where names the server without its password.
 * @param url what must not be in any error.
 */
export function postgresProblem(error: unknown, where: string, url: Secret): TocsinError {
  if (error instanceof TocsinError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const said = redact(reason(cause), [url])
  const state = stateOf(cause)
  const problem = (what: string, fix: string, permanent = false): TocsinError => new TocsinError('E501', what, { where, fix, cause, permanent })
  if (state === undefined || UNREACHABLE.test(state)) return problem(`PostgreSQL cannot be reached: ${said}`, 'look whether the server runs: what could not be written is written by a later pass')
  if (DENIED.test(state)) return problem(`PostgreSQL refused access: ${said}`, 'check user, password and rights of the "state" URL', true)
  if (CONTENDED.test(state)) return problem(`another transaction was in the way: ${said}`, 'nothing: a later pass writes it')
  return problem(`PostgreSQL refused: ${said} (${state})`, 'check that the database holds tables of Tocsin only, or give this monitor a database of its own')
}

/** A host with several addresses fails with an error for each, and no words of its own. */
function reason(error: Error): string {
  if (error.message !== '') return error.message
  return error instanceof AggregateError ? error.errors.map((one: unknown) => (one instanceof Error ? one.message : String(one))).join(', ') : error.name
}
