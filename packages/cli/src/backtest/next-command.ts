import { shellWords } from '../text/shell-words.ts'
import type { BacktestFlags } from './flags.ts'
import { type BacktestReport, bestRung, configuredRung } from './report.ts'

/** What to try next: the advised value, while nothing was tried yet; then to see that the changed configuration is sound. */
export function nextCommand({ in: inputs, fetch, since, rule }: BacktestFlags, { advice, tried }: BacktestReport, config: string | undefined): string {
  const best = advice && bestRung(advice)
  if (tried.length > 0 || advice === undefined || best === undefined || best === configuredRung(advice)) return 'tocsin check'
  return shellWords(['tocsin', 'backtest', ...(config === undefined ? [] : ['--config', config]), ...inputs.flatMap((path) => ['--in', path]), ...(fetch ? ['--fetch'] : []), ...(since === undefined ? [] : ['--since', since]), ...(rule === undefined ? [] : ['--rule', rule]), '--set', `${advice.rule}.critical=${best.value}`])
}
