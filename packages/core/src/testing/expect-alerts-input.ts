import type { Monitor } from '../config/monitor.ts'
import type { Labels } from '../model/labels.ts'
import { type Level, levelWord } from '../model/level.ts'
import { parseQuantity } from '../model/quantity.ts'
import type { Resource } from '../model/resource.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import { suggest } from '../plugin/suggest.ts'

/** The values of one series, one a minute: `'40 70 85x3 - 50'`. Or with what else belongs to it. */
export type GivenValues = string | GivenSeries

export interface GivenSeries {
  /** One value a minute, as the metric's unit is written: `40`, `85%`, `20GB`. `-` is a missing point, `85x3` is 85 three times. */
  readonly values: string
  /** The resource's tags. Default: none. */
  readonly tags?: Labels
  readonly account?: string
  readonly region?: string
  /** What tells it apart from other series of the resource: `{ mount: '/' }`. Default: nothing. */
  readonly labels?: Labels
}

/** A series that is given to a monitor. */
export interface GivenRow {
  /** As it was named. */
  readonly name: string
  readonly rule: WatchedRule
  readonly resource: Resource
  readonly labels: Labels
  /** NaN is a missing point. */
  readonly values: readonly number[]
  /** The values as they were written. */
  readonly texts: readonly string[]
}

const DEFAULT_RESOURCE = 'web-1'

/**
 * Reads series by name: `<rule>` or `<rule>/<resource>`, where the rule is `<collector>.<metric>`, or the metric where only one rule has it.
 *
 * @throws TypeError, saying what is wrong.
 */
export function readGiven(monitor: Monitor, given: Readonly<Record<string, GivenValues>>): readonly GivenRow[] {
  const rules = monitor.watch.flatMap((watch) => watch.rules)
  return Object.entries(given).map(([name, written]) => {
    const { values: text, tags = {}, account, region, labels = {} } = typeof written === 'string' ? { values: written } : written
    const slash = name.indexOf('/')
    const [ruleName, resource] = slash === -1 ? [name, DEFAULT_RESOURCE] : [name.slice(0, slash), name.slice(slash + 1)]
    const rule = ruleNamed(ruleName, rules)
    const texts = repeated(text)
    return {
      name,
      rule,
      resource: { id: resource, type: rule.name.split('.')[0] ?? rule.name, name: resource, tags, ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) },
      labels,
      values: texts.map((value) => valueOf(value, rule)),
      texts,
    }
  })
}

function ruleNamed(name: string, rules: readonly WatchedRule[]): WatchedRule {
  const named = rules.filter((rule) => rule.name === name)
  const found = named.length > 0 ? named : rules.filter((rule) => rule.metric.name === name)
  const [rule] = found
  if (rule === undefined) throw new TypeError(`no rule "${name}": ${suggest(name, rules.map((one) => one.name))}`)
  if (found.length > 1) throw new TypeError(`"${name}" may be ${found.map((one) => one.name).join(' or ')}`)
  return rule
}

/** Words of a text; `85x3` stands for three of them. */
function repeated(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '').flatMap((word) => {
    const [, one = word, times = '1'] = /^(.+?)x(\d+)$/.exec(word) ?? []
    return Array.from({ length: Number(times) }, () => one)
  })
}

function valueOf(text: string, { metric, name }: WatchedRule): number {
  const value = text === '-' ? NaN : text === 'Infinity' ? Infinity : parseQuantity(text, metric.unit)
  if (value === undefined) throw new TypeError(`"${text}" is no value of ${name}, which is in ${metric.unit}`)
  return value
}

const LEVELS = new Map((['none', 'warning', 'critical'] as const).map((level): [string, Level] => [levelWord(level), level]))

/** The words of expected levels: `OK AMBER REDx3`. */
export function levelWords(text: string): string[] {
  const words = repeated(text)
  const wrong = words.find((word) => !LEVELS.has(word))
  if (wrong !== undefined) throw new TypeError(`"${wrong}" is no level: write ${[...LEVELS.keys()].join(', ')}`)
  return words
}
