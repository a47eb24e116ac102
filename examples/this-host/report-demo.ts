/**
 * `pnpm report:demo`: makes the report of this machine, as a mail and as a page, of what `pnpm start` has recorded on it. Where that is nothing yet, it watches for
 * half a minute first.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'

const WATCH_MS = 30_000
const main = join(import.meta.dirname, '../../packages/cli/src/main.ts')
const config = join(import.meta.dirname, 'tocsin.config.ts')
const folder = join(import.meta.dirname, '.cache')

/** Runs the command `tocsin`, and gives what it printed. */
async function tocsin(args: readonly string[], timeout = 0): Promise<string> {
  const call = promisify(execFile)(process.execPath, ['--conditions=source', main, ...args, '--config', config], { timeout, killSignal: 'SIGTERM', maxBuffer: 2 ** 26 })
  const { stdout } = await call.catch((error: unknown) => {
    if (timeout > 0 && typeof error === 'object' && error !== null && 'killed' in error && error.killed === true) return { stdout: '' }
    throw error
  })
  return stdout
}

interface Answer {
  readonly data: { readonly figures: { readonly rows: readonly { readonly values?: object }[] } }
}
const hasData = async (): Promise<boolean> => (JSON.parse(await tocsin(['report', 'weekly', '--so-far', '--json'])) as Answer).data.figures.rows.some(({ values }) => values !== undefined)

await mkdir(folder, { recursive: true })
const isFirst = !(await hasData())
if (isFirst) {
  process.stdout.write(`nothing was recorded of this machine this week: watching it for ${WATCH_MS / 1_000} seconds\n`)
  await tocsin(['run', '--continuous'], WATCH_MS)
}
const [html, eml] = [join(folder, 'report.html'), join(folder, 'report.eml')]
const said = await tocsin(['report', 'weekly', '--so-far', '--html', html, '--eml', eml])
process.stdout.write(`${said}\nwritten: ${html}\n         ${eml}\nIt holds ${isFirst ? `${WATCH_MS / 1_000} seconds of this machine: run "pnpm start" for longer, and this again` : 'what "pnpm start" recorded of this machine since Monday'}.\n`)
