import { backtestAll, loadMonitor, type Monitor, summarize, tryLadder } from '@tocsin/core'
import { readFlags } from '../backtest/flags.ts'
import { nextCommand } from '../backtest/next-command.ts'
import { openProblemLog } from '../backtest/problems.ts'
import { openProgressBar } from '../backtest/progress-bar.ts'
import type { BacktestReport } from '../backtest/report.ts'
import { reportJson } from '../backtest/report-json.ts'
import { reportLines } from '../backtest/report-lines.ts'
import { chosenRule, rulesOf } from '../backtest/rules.ts'
import { scoreFiles } from '../backtest/score-files.ts'
import { nothingIn, type OpenSource, openSource } from '../backtest/sources.ts'
import { readTriedValues, withTriedValues } from '../backtest/tried-values.ts'
import { worstRule, worstSeries } from '../backtest/worst.ts'
import { EXIT, exitCodeOf, strongest } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import type { Outcome } from '../outcome.ts'
import { problemsOf } from '../problem.ts'

const DAY = 86_400_000

/** `tocsin backtest`: what the rules would have done to people, had they run over the past. Nothing is sent and nothing is kept. */
export async function backtest(invocation: Invocation): Promise<Outcome> {
  const flags = readFlags(invocation.options)
  if (flags.out !== undefined) return scoreFiles(invocation, flags, flags.out)

  const { monitor: configured, file } = await loadConfigured(invocation)
  const names = rulesOf(configured).map(({ name }) => name)
  const rule = flags.rule === undefined && names.length > 1 && flags.in.length === 0 ? undefined : chosenRule(configured, flags.rule).name
  const tried = readTriedValues(flags.set, names, rule)
  const shown = withTriedValues(configured, tried)
  const other = await otherOf(invocation, flags.compare, tried.length > 0 ? configured : undefined)
  const problems = openProblemLog()
  const opened = await openSource(invocation, { monitor: configured, file, flags, problems })
  try {
    const report = await readPast(invocation, { file, shown, tried: tried.map(({ text }) => text), other, opened, rule, advice: flags.advice })
    const found = problems.all()
    if (report === undefined) {
      const nothing = problemsOf(nothingIn(opened.name, opened.whenEmpty))
      return { exit: strongest((found.length > 0 ? found : nothing).map(({ code }) => exitCodeOf(code))), problems: [...found, ...nothing] }
    }
    return {
      exit: strongest([EXIT.fine, ...found.map(({ code }) => exitCodeOf(code))]),
      data: reportJson(report),
      lines: reportLines(report, { paint: invocation.paint, width: invocation.shell.stdout.columns ?? 100, cwd: invocation.shell.cwd }),
      problems: found,
      notes: opened.notes?.() ?? [],
      next: nextCommand(flags, report, invocation.config),
    }
  } finally {
    await opened.close()
  }
}

interface Other {
  readonly monitor: Monitor
  /** Absent for the shown configuration without the values that are tried. */
  readonly file?: string
}

/** What the shown configuration is compared with: another file, or itself without the values that are tried. */
async function otherOf({ shell }: Invocation, compare: string | undefined, untried: Monitor | undefined): Promise<Other | undefined> {
  if (compare !== undefined) return { monitor: (await loadMonitor({ file: compare, cwd: shell.cwd, env: shell.env, from: import.meta.url })).monitor, file: compare }
  return untried === undefined ? undefined : { monitor: untried }
}

interface Reading {
  readonly file: string
  readonly shown: Monitor
  readonly tried: readonly string[]
  readonly other: Other | undefined
  readonly opened: OpenSource
  /** The only rule that is looked at. */
  readonly rule: string | undefined
  readonly advice: boolean
}

/** `undefined` when there is no point in the past. */
async function readPast(invocation: Invocation, { file, shown, tried, other, opened: { source, name }, rule, advice }: Reading): Promise<BacktestReport | undefined> {
  const { stop: signal } = invocation.shell
  const bar = openProgressBar(invocation)
  const options = (what: string) => ({ signal, onProgress: () => bar.show(what, source.progress()) })
  try {
    const [result, otherResult] = await backtestAll([shown, ...(other === undefined ? [] : [other.monitor])], { windows: source.windows(), ...options('the past') })
    if (result === undefined || result.points === 0) return undefined
    const counted = summarize(result, shown)
    // Rules that were left out found nothing because nobody looked.
    const summary = { ...counted, rules: counted.rules.filter((load) => rule === undefined || load.rule === rule || load.series > 0) }
    // What a shorter past would come to in a week is anybody's guess.
    const advised = advice && summary.until - summary.from >= DAY ? (rule ?? worstRule(summary)) : undefined
    const rungs = advised === undefined ? [] : await tryLadder(shown, advised, { source, ...options('trying values') })
    bar.show('the plot', 1)
    return {
      file,
      source: name,
      monitor: shown,
      tried,
      summary,
      compared: other === undefined || otherResult === undefined ? undefined : { ...(other.file === undefined ? {} : { file: other.file }), summary: summarize(otherResult, other.monitor) },
      advice: advised === undefined || rungs.length === 0 ? undefined : { rule: advised, rungs },
      worst: await worstSeries(shown, summary, result, source),
    }
  } finally {
    bar.clear()
  }
}
