import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderLetter } from '../letter.ts'
import { aBusyWeek } from './figures.ts'

/**
 * Makes the pictures under docs/ anew, as Chromium shows the mail in light, in dark and on a phone. Chromium is looked for on the PATH,
 * or where `CHROMIUM` says.
 */
const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url))
const SHOTS = [
  { name: 'light', width: 680, dark: false },
  { name: 'dark', width: 680, dark: true },
  { name: 'phone', width: 360, dark: false },
] as const

const { html, images } = renderLetter(aBusyWeek())
const inlined = images.reduce((page, { cid, content }) => page.replaceAll(`cid:${cid}`, `data:image/png;base64,${Buffer.from(content).toString('base64')}`), html)
const folder = mkdtempSync(join(tmpdir(), 'tocsin-screenshots-'))
try {
  mkdirSync(DOCS, { recursive: true })
  for (const { name, width, dark } of SHOTS) shoot(name, width, dark)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function shoot(name: string, width: number, dark: boolean): void {
  const page = join(folder, `${name}.html`)
  // A frame of the wanted width: Chromium's window does not get as narrow as a phone.
  writeFileSync(join(folder, 'mail.html'), inlined)
  writeFileSync(page, `<!doctype html><body style="margin:0;background:#98a2b3"><iframe id="mail" src="mail.html" style="border:0;width:${width}px;display:block;margin:0 auto"></iframe><script>const mail=document.getElementById('mail');mail.onload=()=>{mail.style.height=mail.contentDocument.documentElement.scrollHeight+'px';document.title=mail.style.height}</script></body>`)
  const run = (...args: string[]): string =>
    execFileSync(process.env['CHROMIUM'] ?? 'chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--allow-file-access-from-files', `--user-data-dir=${join(folder, 'profile')}`, ...(dark ? ['--blink-settings=preferredColorScheme=0'] : []), ...args, `file://${page}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const height = /<title>(\d+)px/.exec(run('--virtual-time-budget=3000', '--window-size=1200,800', '--dump-dom'))?.[1] ?? '2000'
  run('--hide-scrollbars', '--virtual-time-budget=3000', `--window-size=${Math.max(width, 500)},${height}`, `--screenshot=${join(DOCS, `${name}.png`)}`)
}
