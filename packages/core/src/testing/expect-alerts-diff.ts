/** Levels of one series beside those that were expected, one for each value. */
export interface ComparedLevels {
  readonly name: string
  readonly values: readonly string[]
  readonly expected: readonly string[]
  readonly got: readonly string[]
  /** What happened to the alert, for whoever wonders why. */
  readonly happened: readonly string[]
}

/** Minutes that are shown before the first difference, and in all. */
const [BEFORE, SHOWN] = [5, 14]
const MOST_EVENTS = 12

/** A table that shows where levels differ; `undefined` where they do not. */
export function levelsDiff({ name, values, expected, got, happened }: ComparedLevels): string | undefined {
  const first = expected.findIndex((level, index) => level !== got[index])
  if (first === -1) return undefined
  const start = Math.max(0, first - BEFORE)
  const minutes = expected.map((_, index) => index).slice(start, start + SHOWN)
  const rows: readonly (readonly string[])[] = [
    ['minute', ...minutes.map(String)],
    ...(values.length === 0 ? [] : [['value', ...minutes.map((minute) => values[minute] ?? '')]]),
    ['expected', ...minutes.map((minute) => expected[minute] ?? '')],
    ['got', ...minutes.map((minute) => got[minute] ?? '')],
    ['', ...minutes.map((minute) => (expected[minute] === got[minute] ? '' : '^'.repeat(got[minute]?.length ?? 1)))],
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const table = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
  const others = expected.filter((level, index) => level !== got[index]).length - minutes.filter((minute) => expected[minute] !== got[minute]).length
  return [
    `${name} is not at the levels that were expected`,
    '',
    ...table,
    ...(others > 0 ? [`and at ${others} other ${others === 1 ? 'minute' : 'minutes'}`] : []),
    '',
    ...(happened.length === 0 ? ['nothing happened to its alert'] : ['what happened to its alert:', ...happened.slice(0, MOST_EVENTS).map((line) => `  ${line}`), ...(happened.length > MOST_EVENTS ? [`  and ${happened.length - MOST_EVENTS} more`] : [])]),
  ].join('\n')
}

/** Messages beside those that were expected, `-` before what is missing and `+` before what was not expected; `undefined` where all are as expected. */
export function messagesDiff(expected: readonly (string | RegExp)[], told: readonly string[]): string | undefined {
  const first = Array.from({ length: Math.max(expected.length, told.length) }).findIndex((_, index) => !isMatch(expected[index], told[index]))
  if (first === -1) return undefined
  return [
    'the messages are not those that were expected',
    '',
    ...told.slice(0, first).map((line) => `  ${line}`),
    ...expected.slice(first).map((line) => `- ${String(line)}`),
    ...told.slice(first).map((line) => `+ ${line}`),
    ...(told.length === 0 ? ['nobody is told anything'] : []),
  ].join('\n')
}

const AFTER = /^\d+(?:ms|[smhd])\S* /

function isMatch(expected: string | RegExp | undefined, told: string | undefined): boolean {
  if (expected === undefined || told === undefined) return false
  if (typeof expected !== 'string') return expected.test(told)
  const wanted = expected.replace(/\s*(?:\.\.\.|…)$/, '')
  return (AFTER.test(wanted) ? told : told.replace(AFTER, '')).startsWith(wanted)
}
