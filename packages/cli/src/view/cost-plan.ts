import { type Cost, type CostPlan, formatDuration, oneLine, type SourceCost, type WatchCost } from '@tocsin/core'
import { type Cell, type Column, columns, type Layout } from '../text/columns.ts'

const COLUMNS: readonly Column[] = [
  { title: 'COLLECTOR' },
  { title: 'CALLS', align: 'right' },
  { title: 'BILLED', align: 'right' },
  { title: 'COST', align: 'right' },
  { title: 'RULES' },
]

/** What a monitor is going to cost, for people. */
export function costLines(plan: CostPlan, layout: Layout): string[] {
  const { over, watches, sources } = plan
  if (sources.length === 0 && watches.every(({ complete }) => complete)) return ['costs nothing: none of its collectors asks a source that has a price']
  return [
    `in ${formatDuration(over)}, if it runs all the time:`,
    '',
    ...columns(COLUMNS, [...watches.map(watchRow), ...sources.map((source) => totalRow(source, plan))], layout),
    '',
    ...watches.flatMap(limitLines),
    ...sources.flatMap(({ source, unit, first }) => (first.calls === 0 ? [] : [`the first pass: ${callsText(first.calls)} of ${oneLine(source)}, ${count(first.billed)} ${oneLine(unit)}, ${dollarsText(first.dollars)}`])),
    `asked for this plan, free: ${freeText(sources)}`,
  ]
}

function watchRow({ watch, cost, complete }: WatchCost): Cell[] {
  const rules: Cell = { text: watch.rules.map(({ metric }) => oneLine(metric.name)).join(', ') }
  const name: Cell = { text: oneLine(watch.collector) }
  if (cost === undefined) return [name, { text: '' }, { text: '' }, { text: complete ? 'nothing' : 'unknown' }, rules]
  return [name, ...costCells(cost.own, cost.shared.unit, complete), rules]
}

function totalRow(source: SourceCost, plan: CostPlan): Cell[] {
  return [{ text: oneLine(source.source) }, ...costCells(source.total, source.unit, isWhole(source, plan)), { text: 'all together' }]
}

function costCells({ calls, billed, dollars }: Cost, unit: string, complete: boolean): Cell[] {
  if (!complete && calls === 0) return [{ text: '' }, { text: '' }, { text: 'unknown' }]
  return [{ text: count(calls) }, { text: `${count(billed)} ${oneLine(unit)}` }, { text: `${complete ? '' : 'at least '}${dollarsText(dollars)}` }]
}

/** Whether nothing of the source is missing. What failed as a whole may belong to any source. */
const isWhole = (source: SourceCost, { watches }: CostPlan): boolean => watches.every(({ complete, cost }) => complete || (cost !== undefined && cost.shared !== source))

function limitLines({ watch, cost }: WatchCost): string[] {
  if (cost?.limit === undefined) return []
  const { usdPerMonth, unlimitedUsdPerMonth, stretch } = cost.limit
  const name = oneLine(watch.collector)
  const [limit, without] = [dollarsText(usdPerMonth), dollarsText(unlimitedUsdPerMonth)]
  if (stretch === 1) return [`${name}: ${without} a month is within its limit of ${limit}`]
  return [`${name}: ${without} a month without its limit of ${limit}, so it is asked ${stretch.toFixed(1)} times less often, in whole periods; no point is left out`]
}

function freeText(sources: readonly SourceCost[]): string {
  const calls = new Map(sources.flatMap(({ free }) => Object.entries(free)))
  return [...calls].map(([api, times]) => `${oneLine(api)} ${count(times)}`).join(', ') || 'nothing'
}

const callsText = (calls: number): string => `${count(calls)} ${calls === 1 ? 'call' : 'calls'}`

const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 })

/** Cents; below them, two digits that say something. */
function dollarsText(dollars: number): string {
  const digits = dollars > 0 && dollars < 0.01 ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return dollars.toLocaleString('en-US', { style: 'currency', currency: 'USD', ...digits })
}

/** The same for `--json`. */
export function costJson(plan: CostPlan) {
  const { over, watches, sources } = plan
  return {
    seconds: over / 1_000,
    collectors: watches.map(({ watch, cost, complete }) => ({
      collector: watch.collector,
      rules: watch.rules.map(({ name }) => name),
      source: cost?.shared.source ?? null,
      // What has no price costs nothing; what could not be read is not known.
      cost: cost?.own ?? (complete ? { calls: 0, billed: 0, dollars: 0 } : null),
      limit: cost?.limit ?? null,
      complete,
    })),
    sources: sources.map((source) => ({ ...source, complete: isWhole(source, plan) })),
    dollars: sources.reduce((sum, { total }) => sum + total.dollars, 0),
  }
}
