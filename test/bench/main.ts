import { anomaly } from './anomaly.ts'
import { backtest } from './backtest.ts'
import { reduce } from './reduce.ts'

/** Benchmarks by name: `pnpm bench` runs all, `pnpm bench reduce` one of them. */
const benchmarks: Readonly<Record<string, () => void | Promise<void>>> = { anomaly, backtest, reduce }

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in benchmarks))
if (unknown.length > 0) throw new Error(`no benchmark "${unknown.join('", "')}": there is ${Object.keys(benchmarks).join(', ')}`)
for (const name of wanted.length > 0 ? wanted : Object.keys(benchmarks)) await benchmarks[name]?.()
