import { type Metric, parseQuantity, quantityExample, SEVERITIES, type Severity, TocsinError, type Unit } from '@tocsin/core'
import { contradictions } from './contradictions.ts'
import type { AnyLines, Operator } from './options.ts'

/** A line with the words it was written in. */
export interface Line {
  readonly value: number
  readonly written: number | string
}

/** The lines of one rule in the unit of one metric. */
export interface Lines {
  readonly unit: Unit
  readonly operator: Operator
  readonly breach: { readonly [Level in Severity]?: Line }
  readonly clear: { readonly [Level in Severity]?: Line }
}

/** Reads the lines for a metric. Problems mean that the lines must not be used. */
export function readLines(options: AnyLines, metric: Metric): { readonly lines: Lines; readonly problems: readonly TocsinError[] } {
  const problems: TocsinError[] = []
  const read = (name: string, written: number | string | undefined): Line | undefined => {
    if (written === undefined) return undefined
    const value = parseQuantity(written, metric.unit)
    if (value !== undefined) return { value, written }
    problems.push(new TocsinError('E105', `"${name}" cannot be ${JSON.stringify(written)}: the metric is in ${metric.unit}`, { fix: `write ${quantityExample(metric.unit)}` }))
    return undefined
  }
  const written = clearLines(options)
  const lines: Lines = {
    unit: metric.unit,
    operator: options.operator ?? (metric.worse === 'high' ? '>' : '<'),
    breach: both(read('warning', options.warning), read('critical', options.critical)),
    clear: both(read('clear.warning', written.warning), read('clear.critical', written.critical)),
  }
  return { lines, problems: [...problems, ...missing(options), ...contradictions(lines)] }
}

/** The levels that have a breach line. */
export const levelsOf = (options: AnyLines): readonly Severity[] => SEVERITIES.filter((level) => options[level] !== undefined)

function clearLines(options: AnyLines): { readonly [Level in Severity]?: number | string | undefined } {
  if (options.clear === undefined || typeof options.clear === 'object') return options.clear ?? {}
  return options.warning === undefined ? { critical: options.clear } : { warning: options.clear }
}

function missing(options: AnyLines): TocsinError[] {
  const levels = levelsOf(options)
  if (levels.length === 0) return [new TocsinError('E103', 'a threshold needs "warning", "critical" or both', { fix: 'give at least one of them a line' })]
  const cleared = clearLines(options)
  return SEVERITIES.filter((level) => cleared[level] !== undefined && !levels.includes(level)).map(
    (level) => new TocsinError('E112', `"clear" has a line for ${level}, but ${level} has no breach line`, { fix: `add "${level}" or remove its clear line` }),
  )
}

function both(warning: Line | undefined, critical: Line | undefined): Lines['breach'] {
  return { ...(warning && { warning }), ...(critical && { critical }) }
}
