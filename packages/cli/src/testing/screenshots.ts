import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import xterm from '@xterm/headless'

/**
 * Makes the picture under docs/ anew: `tocsin run --continuous` on this machine, as a terminal shows it after some passes, drawn by Chromium. util-linux's
 * `script` gives the terminal. Chromium is looked for on the PATH, or where `CHROMIUM` says. A load of your own makes it worth looking at.
 */
const [COLUMNS, ROWS, SECONDS] = [104, 19, Number(process.argv[2] ?? 45)]
const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url))
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const CONFIG = fileURLToPath(new URL('../../../../examples/this-host/tocsin.config.ts', import.meta.url))
const PALETTE = ['#1d2433', '#e5534b', '#57ab5a', '#daaa3f', '#6cb6ff', '#b083f0', '#39c5cf', '#adbac7', '#768390', '#ff938a', '#8ddb8c', '#eac55f', '#96d0ff', '#dcbdfb', '#56d4dd', '#ffffff']

const folder = mkdtempSync(join(tmpdir(), 'tocsin-screenshots-'))
try {
  mkdirSync(DOCS, { recursive: true })
  const page = join(folder, 'screen.html')
  writeFileSync(page, pageOf(await screen()))
  const chromium = process.env['CHROMIUM'] ?? 'chromium'
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--hide-scrollbars', '--force-device-scale-factor=2']
  execFileSync(chromium, [...flags, `--user-data-dir=${join(folder, 'profile')}`, `--window-size=${COLUMNS * 8 + 32},${ROWS * 18 + 32}`, `--screenshot=${join(DOCS, 'run.png')}`, `file://${page}`], { stdio: 'ignore' })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** What a terminal of that size shows at the end. */
async function screen(): Promise<InstanceType<typeof xterm.Terminal>> {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true })
  const command = `stty cols ${COLUMNS} rows ${ROWS}; exec '${process.execPath}' --conditions=source '${MAIN}' run --continuous --config '${CONFIG}'`
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], { env: { ...process.env, TERM: 'xterm-256color', XDG_STATE_HOME: tmpdir(), XDG_CACHE_HOME: folder }, stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdout.on('data', (chunk: Buffer) => terminal.write(chunk))
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000))
  child.stdout.removeAllListeners('data')
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('close', resolve))
  await new Promise<void>((resolve) => terminal.write('', resolve))
  return terminal
}

function pageOf(terminal: InstanceType<typeof xterm.Terminal>): string {
  const { active } = terminal.buffer
  const lines = Array.from({ length: ROWS }, (_, row) => lineOf(active.getLine(active.viewportY + row)))
  return `<!doctype html><meta charset="utf-8"><body style="margin:0;background:#1d2433;color:#adbac7;padding:16px;font:13px/18px 'DejaVu Sans Mono',monospace"><pre style="margin:0;font:inherit">${lines.join('\n')}</pre>`
}

function lineOf(line: ReturnType<InstanceType<typeof xterm.Terminal>['buffer']['active']['getLine']>): string {
  const cells = Array.from({ length: COLUMNS }, (_, column) => line?.getCell(column)).filter((cell) => cell !== undefined && cell.getWidth() > 0)
  return cells
    .map((cell) => {
      const text = (cell?.getChars() || ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;')
      const styles = [cell?.isFgPalette() ? `color:${PALETTE[cell.getFgColor()] ?? 'inherit'}` : '', cell?.isBold() ? 'font-weight:bold' : '', cell?.isDim() ? 'opacity:.6' : ''].filter((style) => style !== '')
      return styles.length === 0 ? text : `<span style="${styles.join(';')}">${text}</span>`
    })
    .join('')
}
