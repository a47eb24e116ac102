import { relative } from 'node:path'
import { formatDuration, levelWord, type Monitor, SEVERITIES, type WatchedRule, oneLine, reachable } from '@tocsin/core'
import { EXIT } from '../exit-code.ts'
import { checkEnvironment } from '../environment.ts'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import type { Outcome } from '../outcome.ts'
import { type Column, columns } from '../text/columns.ts'

/** `tocsin check`: reads the configuration, and looks for what it needs of the environment, offline. What is wrong with it is thrown, all at once. */
export async function check(invocation: Invocation): Promise<Outcome> {
  const { monitor, file } = await loadConfigured(invocation)
  checkEnvironment(monitor)
  return {
    exit: EXIT.fine,
    data: summaryJson(monitor, file),
    lines: [`${oneLine(relative(invocation.shell.cwd, file))} is sound: monitor ${monitor.name}, ${rhythm(monitor)}`, '', ...rulesTable(monitor, invocation.paint), '', ...SEVERITIES.map((severity) => told(monitor, severity))],
    next: Object.keys(monitor.notify).length > 0 ? 'tocsin test-notify' : 'tocsin run',
  }
}

const rhythm = ({ every, schedule, timeZone }: Monitor): string => (schedule === undefined ? `every ${formatDuration(every)}` : `at ${oneLine(schedule)} ${timeZone}`)

const COLUMNS: readonly Column[] = [{ title: 'RULE' }, { title: 'UNIT' }, { title: 'LEVELS' }, { title: 'FOR' }, { title: 'MEASURES' }]

function rulesTable({ watch }: Monitor, paint: Invocation['paint']): string[] {
  const rules = watch.flatMap(({ rules: own }) => own)
  if (rules.length === 0) return ['no rules: nothing is watched']
  return columns(
    COLUMNS,
    rules.map((rule) => [{ text: oneLine(rule.name) }, { text: rule.metric.unit }, { text: levelsOf(rule).map(levelWord).join(', ') }, { text: heldFor(rule) }, { text: oneLine(rule.metric.help) }]),
    { paint },
  )
}

const levelsOf = ({ evaluator }: WatchedRule): readonly ('warning' | 'critical')[] => evaluator.levels ?? SEVERITIES

function heldFor({ options }: WatchedRule): string {
  const { warning, critical } = options.for
  const word = (ms: number): string => (ms === 0 ? 'at once' : formatDuration(ms))
  return warning === critical ? word(warning) : `${word(warning)}, ${word(critical)}`
}

function told({ notify, route }: Monitor, severity: 'warning' | 'critical'): string {
  const names = reachable(route, severity).map((name) => `${oneLine(name)} (${notify[name]?.use ?? 'unknown'})`)
  return `${levelWord(severity).padEnd(5)} is told to ${names.join(', ') || 'nobody'}`
}

function summaryJson(monitor: Monitor, file: string) {
  const { name, every, schedule, watch, notify, route } = monitor
  return {
    file,
    monitor: name,
    everySeconds: schedule === undefined ? every / 1_000 : null,
    schedule: schedule ?? null,
    rules: watch.flatMap(({ collector, rules }) =>
      rules.map((rule) => ({ name: rule.name, collector, metric: rule.metric.name, unit: rule.metric.unit, levels: levelsOf(rule), forSeconds: { warning: rule.options.for.warning / 1_000, critical: rule.options.for.critical / 1_000 } })),
    ),
    notify: Object.fromEntries(Object.entries(notify).map(([receiver, { use }]) => [receiver, use])),
    route,
  }
}
