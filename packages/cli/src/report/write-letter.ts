import type { Letter } from '@tocsin/core'
import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'

/** The letter's HTML as one page: its pictures are inside. */
export function pageOf({ html, images }: Letter): string {
  return images.reduce((page, { cid, contentType, content }) => page.replaceAll(`cid:${cid}`, `data:${contentType};base64,${Buffer.from(content).toString('base64')}`), html)
}

/** The letter as a mail that readers open as a draft: `X-Unsent` is what Outlook goes by. */
export async function mailOf({ subject, html, text, images }: Letter, now: number): Promise<Buffer> {
  const sent = await createTransport({ streamTransport: true, buffer: true, newline: 'unix' }).sendMail({
    from: 'Tocsin <tocsin@localhost>',
    to: 'undisclosed-recipients:;',
    subject,
    text,
    html,
    date: new Date(now),
    attachments: images.map(({ cid, contentType, content }) => ({ cid, contentType, content: Buffer.from(content), filename: `${cid.split('@')[0]}.png`, contentDisposition: 'inline' })),
    headers: { 'X-Unsent': '1' },
  })
  return Buffer.isBuffer(sent.message) ? sent.message : Buffer.from('')
}

/** What opens a file as its owner's desktop would. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>>> = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }

/** Shows a letter in a browser. Gives the file that it was written to: it stays, for the browser reads it when it likes. */
export async function showLetter(letter: Letter, env: NodeJS.ProcessEnv): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'tocsin-report-')), 'report.html')
  await writeFile(file, pageOf(letter), { mode: 0o600 })
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  await promisify(execFile)(command, [...args, file], { env })
  return file
}
