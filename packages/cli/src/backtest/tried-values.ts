import { type Monitor, tryOptions } from '@tocsin/core'
import { usageError } from '../usage-error.ts'

/** An option of a rule with a value to try: `ec2.cpu.critical=85`. */
export interface TriedValue {
  readonly rule: string
  /** Where the option is: `['for', 'critical']`. */
  readonly path: readonly [string, ...string[]]
  readonly value: unknown
  /** As it was typed, the rule's name in front. */
  readonly text: string
}

/**
 * Reads `--set`: `ec2.cpu.critical=85`, or `critical=85` for the rule that is chosen. Values are JSON, and what is not is a text; `null` takes the
 * option away.
 *
 * @throws TocsinError E600 for what names no option of a rule.
 */
export function readTriedValues(texts: readonly string[], rules: readonly string[], chosen: string | undefined): readonly TriedValue[] {
  return texts.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw usageError(`--set cannot be "${text}"`, 'write an option and its value: ec2.cpu.critical=85', 'tocsin backtest')
    const [name, written] = [text.slice(0, at), text.slice(at + 1)]
    const rule = rules.filter((known) => name.startsWith(`${known}.`)).toSorted((a, b) => b.length - a.length)[0] ?? (namesCollector(name, rules) ? undefined : chosen)
    if (rule === undefined) throw usageError(`--set "${text}" names no rule`, `put one in front: ${rules.map((known) => `${known}.critical=85`).slice(0, 3).join(', ')}`, 'tocsin backtest')
    const [first = '', ...rest] = (name.startsWith(`${rule}.`) ? name.slice(rule.length + 1) : name).split('.')
    return { rule, path: [first, ...rest], value: valueOf(written), text: `${rule}.${[first, ...rest].join('.')}=${written}` }
  })
}

/** Whether it begins as the name of a rule does: then it is one that is misspelled, and no option. */
const namesCollector = (name: string, rules: readonly string[]): boolean => rules.some((rule) => name.startsWith(`${rule.slice(0, rule.indexOf('.'))}.`))

/** The monitor with the values that are tried. */
export function withTriedValues(monitor: Monitor, tried: readonly TriedValue[]): Monitor {
  const byRule = Map.groupBy(tried, ({ rule }) => rule)
  return [...byRule].reduce((changed, [rule, values]) => tryOptions(changed, rule, values.reduce<Options>((options, { path, value }) => withOption(options, path, value), {})), monitor)
}

type Options = Readonly<Record<string, unknown>>

function withOption(options: Options, [first, ...rest]: readonly string[], value: unknown): Options {
  if (first === undefined) return options
  const inner = options[first]
  return { ...options, [first]: rest.length === 0 ? value : withOption(isOptions(inner) ? inner : {}, rest, value) }
}

const isOptions = (value: unknown): value is Options => typeof value === 'object' && value !== null

function valueOf(written: string): unknown {
  try {
    return JSON.parse(written) ?? undefined
  } catch {
    return written
  }
}
