import { anomaly } from './anomaly.ts'
import { cli } from './cli.ts'
import { backtest } from './backtest.ts'
import { cloudwatch } from './cloudwatch.ts'
import { cycle } from './cycle.ts'
import { history } from './history.ts'
import { reduce } from './reduce.ts'
import { report } from './report.ts'
import { routing } from './routing.ts'
import { store } from './store.ts'

/** Benchmarks by name: `pnpm bench` runs all, `pnpm bench reduce` one. */
const benchmarks: Readonly<Record<string, () => void | Promise<void>>> = { reduce, routing, store, cycle, history, anomaly, backtest, cloudwatch, report, cli }

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in benchmarks))
if (unknown.length > 0) throw new Error(`no benchmark "${unknown.join('", "')}": there is ${Object.keys(benchmarks).join(', ')}`)
for (const name of wanted.length > 0 ? wanted : Object.keys(benchmarks)) await benchmarks[name]?.()
