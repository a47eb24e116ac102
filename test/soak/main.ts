import { parseArgs } from 'node:util'
import { startPostgres } from '@tocsin/dev-tools'
import { soak } from './soak.ts'

// `pnpm soak --kills 1000`, with `--postgres` on PostgreSQL; `--seed` repeats the times of another run.
const { values } = parseArgs({ options: { kills: { type: 'string', default: '100' }, seed: { type: 'string' }, postgres: { type: 'boolean', default: false } } })
const kills = Number(values.kills)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) throw new Error('--kills and --seed take whole numbers')

const server = values.postgres ? await startPostgres() : undefined
process.stdout.write(`soak: ${kills} kills on ${values.postgres ? 'PostgreSQL' : 'SQLite'}, seed ${seed}\n`)
try {
  const { transitions, messages, repeated, uncertain, wrong } = await soak({
    kills,
    seed,
    ...(server === undefined ? {} : { postgres: await server.emptyDatabase() }),
    progress: (count, { arrivals }) => void (count % 50 === 0 && process.stdout.write(`soak: ${count} kills, ${arrivals.length} messages arrived\n`)),
  })
  process.stdout.write(`soak: ${transitions} transitions, ${messages} messages, ${wrong.length} lost or invented; ${uncertain} sends cut off, ${repeated} of them arrived twice\n`)
  for (const line of wrong.slice(0, 100)) process.stderr.write(`${line}\n`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  await server?.stop()
}
