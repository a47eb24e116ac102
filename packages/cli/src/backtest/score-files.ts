import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError, type Metric, pluginResolver, scoreFile, scorerOf, type WatchedRule } from '@tocsin/core'
import { EXIT, exitCodeOf, strongest } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import type { Outcome } from '../outcome.ts'
import { shellWords } from '../text/shell-words.ts'
import type { BacktestFlags } from './flags.ts'
import { inputFiles } from './inputs.ts'
import { refuseOverlap } from './overlap.ts'
import { openProblemLog } from './problems.ts'
import { openProgressBar } from './progress-bar.ts'
import { chosenRule } from './rules.ts'
import { readTriedValues, withTriedValues } from './tried-values.ts'

const METRIC: Metric & { readonly name: string } = { name: 'value', unit: 'count', worse: 'high', help: 'The values of a file' }

/** `tocsin backtest --in DIR --out DIR`: writes the files once more, with the anomaly score of each row. Each file is a series of its own. */
export async function scoreFiles(invocation: Invocation, flags: BacktestFlags, out: string): Promise<Outcome> {
  const { shell } = invocation
  const files = await inputFiles(flags.in, shell.cwd)
  const folder = resolve(shell.cwd, out)
  await refuseOverlap(flags.in.map((path) => resolve(shell.cwd, path)), files, folder)
  const { judge, name } = await judgeOf(invocation, flags)
  const problems = openProblemLog()
  const bar = openProgressBar(invocation)
  const written: { readonly path: string; readonly rows: number }[] = []
  try {
    for (const { path, name: file } of files) {
      bar.show(file, written.length / files.length)
      const to = join(folder, file)
      written.push({ path: to, rows: await scoreFile(path, to, { scorer: scorerOf(judge), shown: file, onProblem: problems.add, signal: shell.stop }) })
    }
  } finally {
    bar.clear()
  }
  const rows = written.reduce((sum, one) => sum + one.rows, 0)
  const found = problems.all()
  return {
    exit: strongest([EXIT.fine, ...found.map(({ code }) => exitCodeOf(code))]),
    data: { scoredBy: name, files: written, rows },
    lines: [`scored ${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'} of ${files.length} ${files.length === 1 ? 'file' : 'files'} by ${name}, in ${out}`],
    problems: found,
    next: shellWords(['tocsin', 'backtest', ...flags.in.flatMap((path) => ['--in', path]), '--rule', flags.rule ?? 'ec2.cpu']),
  }
}

/** What scores: a rule of the configuration, or else the anomaly evaluator, which needs none. */
async function judgeOf(invocation: Invocation, { rule: wanted, method = 'auto', set }: BacktestFlags): Promise<{ readonly judge: Pick<WatchedRule, 'evaluator' | 'metric'>; readonly name: string }> {
  if (wanted !== undefined) {
    const { monitor } = await loadConfigured(invocation)
    const { name } = chosenRule(monitor, wanted)
    const tried = readTriedValues(set, [name], name)
    return { judge: chosenRule(withTriedValues(monitor, tried), name), name: [name, ...tried.map(({ text }) => text)].join(' with ') }
  }
  const resolvePlugin = pluginResolver({ from: [pathToFileURL(join(invocation.shell.cwd, 'none.js')).href, import.meta.url] })
  const evaluator = await resolvePlugin('evaluator', 'anomaly')
  const rule = evaluator({ method })
  if (rule.problems.length > 0) throw new ConfigError(rule.problems.map(({ error }) => error.at('--method')))
  return { judge: { evaluator: rule.evaluator, metric: METRIC }, name: `anomaly ${method}` }
}
