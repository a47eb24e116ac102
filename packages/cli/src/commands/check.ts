import { relative } from 'node:path'
import { type AskedValue, type CostPlan, formatDuration, levelWord, type Monitor, oneLine, planCosts, reachable, SEVERITIES, type Severity, type WatchedRule } from '@tocsin/core'
import { z } from 'zod'
import { exitCodeOf, strongest } from '../exit-code.ts'
import { checkEnvironment } from '../environment.ts'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import type { Outcome } from '../outcome.ts'
import { openLog } from '../run/log.ts'
import { failureProblems } from '../run/trouble.ts'
import { type Cell, type Column, columns } from '../text/columns.ts'
import { costJson, costLines } from '../view/cost-plan.ts'

const checkOptions = z.object({ plan: z.boolean().default(false) })

/**
 * `tocsin check`: reads the configuration, and looks for what it needs of the environment, offline but for values that the configuration names
 * at AWS, of which it tells. What is wrong with it is thrown, all at once. With `--plan` it also says what the monitor is going to cost, and for that has collectors look for their resources.
 */
export async function check(invocation: Invocation): Promise<Outcome> {
  const { plan: isPlanned } = checkOptions.parse(invocation.options)
  const asked: AskedValue[] = []
  const { monitor, file } = await loadConfigured(invocation, { onAsk: (value) => void asked.push(value) })
  checkEnvironment(monitor)
  const plan = isPlanned ? await planned(monitor, invocation) : undefined
  const problems = plan?.failures.flatMap(failureProblems) ?? []
  return {
    exit: strongest(problems.map(({ code }) => exitCodeOf(code))),
    data: { ...summaryJson(monitor, file), asked: asked.map(({ value }) => value), ...(plan === undefined ? {} : { plan: costJson(plan) }) },
    problems,
    lines: [`${oneLine(relative(invocation.shell.cwd, file))} is sound: monitor ${monitor.name}, ${rhythm(monitor)}${monitor.compat === undefined ? '' : `, compat ${monitor.compat}`}`, '', ...rulesTable(monitor, invocation.paint), '', ...SEVERITIES.map((severity) => told(monitor, severity)), ...(plan === undefined ? [] : ['', ...costLines(plan, { paint: invocation.paint })])],
    notes: asked.length === 0 ? [] : [`not offline: asked for the value${asked.length === 1 ? '' : 's'} of ${asked.map(({ value }) => oneLine(value)).join(', ')}`],
    next: Object.keys(monitor.notify).length > 0 ? 'tocsin test-notify' : 'tocsin run',
  }
}

async function planned(monitor: Monitor, { shell, debug }: Invocation): Promise<CostPlan> {
  const log = openLog(monitor, debug)
  try {
    return await planCosts(monitor, { signal: shell.stop, logger: log })
  } finally {
    await log.close()
  }
}

const rhythm = ({ every, schedule, timeZone }: Monitor): string => (schedule === undefined ? `every ${formatDuration(every)}` : `at ${oneLine(schedule)} ${timeZone}`)

const COLUMNS: readonly Column[] = [{ title: 'RULE' }, { title: 'UNIT' }, { title: 'LEVELS' }, { title: 'FOR' }, { title: 'MEASURES' }]

function rulesTable({ watch, composites }: Monitor, paint: Invocation['paint']): string[] {
  const watched = watch.flatMap(({ rules }) => rules).map((rule) => rowOf(rule.name, { levels: levelsOf(rule), for: rule.options.for, measures: rule.metric.help, unit: rule.metric.unit }))
  const composed = Object.entries(composites).map(([name, { level, for: held }]) => rowOf(`composite.${name}`, { levels: [level], for: held, measures: 'Whether its condition on other alerts holds', unit: '' }))
  const rows = [...watched, ...composed]
  return rows.length === 0 ? ['no rules: nothing is watched'] : columns(COLUMNS, rows, { paint })
}

interface Judged {
  readonly levels: readonly Severity[]
  readonly for: Readonly<Record<Severity, number>>
  readonly measures: string
  readonly unit: string
}

function rowOf(name: string, { levels, for: held, measures, unit }: Judged): Cell[] {
  const word = (ms: number): string => (ms === 0 ? 'at once' : formatDuration(ms))
  const lengths = new Set(levels.map((level) => word(held[level])))
  return [{ text: oneLine(name) }, { text: unit }, { text: levels.map(levelWord).join(', ') }, { text: [...lengths].join(', ') }, { text: oneLine(measures) }]
}

const levelsOf = ({ evaluator }: WatchedRule): readonly Severity[] => evaluator.levels ?? SEVERITIES

function told({ notify, route, steps }: Monitor, severity: Severity): string {
  const names = reachable(route, severity, { steps }).map((name) => `${oneLine(name)} (${notify[name]?.use ?? 'unknown'})`)
  return `${levelWord(severity).padEnd(5)} is told to ${names.join(', ') || 'nobody'}`
}

function summaryJson(monitor: Monitor, file: string) {
  const { name, every, schedule, compat, watch, composites, notify, route } = monitor
  return {
    file,
    monitor: name,
    everySeconds: schedule === undefined ? every / 1_000 : null,
    schedule: schedule ?? null,
    compat: compat ?? null,
    rules: watch.flatMap(({ collector, rules }) =>
      rules.map((rule) => ({ name: rule.name, collector, metric: rule.metric.name, unit: rule.metric.unit, levels: levelsOf(rule), forSeconds: { warning: rule.options.for.warning / 1_000, critical: rule.options.for.critical / 1_000 } })),
    ),
    composites: Object.fromEntries(Object.entries(composites).map(([composite, { level, for: held }]) => [composite, { level, forSeconds: held[level] / 1_000 }])),
    notify: Object.fromEntries(Object.entries(notify).map(([receiver, { use }]) => [receiver, use])),
    route,
  }
}
