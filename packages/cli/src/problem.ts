// Not the whole core: what is said of a mistyped command must not wait for it.
import { oneLine } from '@tocsin/core/one-line'

/** One thing that went wrong, as people and programs read it. */
export interface Problem {
  /** `E101`, or `unexpected` for what no code stands for. */
  readonly code: string
  readonly what: string
  readonly where: string | null
  readonly fix: string
}

/** An error that carries its own code. Told by its shape: a configuration may bring its own copy of the core. */
interface CodedError extends Error {
  readonly code: string
  readonly where?: string
  readonly fix: string
}

/** Anything that was thrown, as problems: one, or all that are wrong with a configuration. */
export function problemsOf(thrown: unknown): Problem[] {
  if (isConfigError(thrown)) return thrown.problems.flatMap(problemsOf)
  if (isCoded(thrown)) return [{ code: thrown.code, what: oneLine(thrown.message), where: thrown.where === undefined ? null : oneLine(thrown.where), fix: oneLine(thrown.fix) }]
  return [{ code: 'unexpected', what: oneLine(thrown instanceof Error ? thrown.message || thrown.name : String(thrown)), where: null, fix: 'run with --debug' }]
}

/** One line: `E101 unknown metric "cpuu" · tocsin.config.ts:4:51 · did you mean "cpu"?` */
export function problemLine({ code, what, where, fix }: Problem): string {
  if (code === 'unexpected') return `unexpected error: ${what} (${fix})`
  return [`${code} ${what}`, where, fix].filter(Boolean).join(' · ')
}

/** The stack traces of what was thrown, causes included: for `--debug`. */
export function traces(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return []
  const inner = isConfigError(thrown) ? thrown.problems : [thrown.cause]
  return [thrown.stack ?? String(thrown), ...inner.flatMap(traces).map((trace) => `caused by ${trace}`)]
}

function isCoded(thrown: unknown): thrown is CodedError {
  return thrown instanceof Error && thrown.name === 'TocsinError' && 'code' in thrown && typeof thrown.code === 'string' && 'fix' in thrown && typeof thrown.fix === 'string'
}

function isConfigError(thrown: unknown): thrown is Error & { readonly problems: readonly unknown[] } {
  return thrown instanceof Error && thrown.name === 'ConfigError' && 'problems' in thrown && Array.isArray(thrown.problems)
}
