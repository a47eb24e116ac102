import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { envelope, scratch, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
  await writeFile(
    join(folder, 'tocsin.yaml'),
    ['watch:', '  - use: host', '    rules: { memory: { warning: 1 } }', 'notify:', `  out: { use: file, path: ${folder}/out.txt }`, 'reports:', '  web: { use: weekly, period: day, to: [out], match: { name: nobody } }', ''].join('\n'),
  )
  await tocsin(['run'], folder)
})

const report = (...args: string[]) => tocsin(['report', ...args], folder)
const answer = z.object({ report: z.string(), subject: z.string(), period: z.object({ name: z.string() }), figures: z.object({ period: z.object({ kind: z.string() }), rows: z.array(z.object({ rule: z.string() })) }), sent: z.array(z.object({ receiver: z.string(), outcome: z.string() })) })
const json = async (...args: string[]) => answer.parse(envelope.parse(JSON.parse((await report(...args, '--json')).stdout)).data)

it('prints the last whole week, and the running one when asked, though none is configured', async () => {
  const { stdout, code } = await report()
  expect([code, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^Week \d+:/)])
  const running = await report('weekly', '--so-far')
  expect(running.stdout).toContain('memory')
  expect(running.stderr).toContain('the period is not over')
})

it('gives its numbers to programs, of each kind of period', async () => {
  for (const [name, kind] of [['hourly', 'hour'], ['daily', 'day'], ['weekly', 'week'], ['monthly', 'month']] as const) {
    const { figures, report: said } = await json(name, '--so-far')
    expect([said, figures.period.kind, figures.rows.map(({ rule }) => rule)]).toEqual([name, kind, ['host.memory']])
  }
  expect((await json('weekly', '--at', '2026-08-24 08:00')).period.name).toBe('Week 34')
})

it('goes by what is configured, where a report is', async () => {
  expect((await json('web', '--so-far')).figures).toMatchObject({ period: { kind: 'day' }, rows: [] })
})

it('writes a page and a mail that hold their pictures', async () => {
  const { code, stderr } = await report('hourly', '--so-far', '--html', 'report.html', '--eml', 'report.eml')
  expect([code, stderr]).toEqual([0, expect.stringContaining('written to report.eml')])
  const [page, mail] = await Promise.all(['report.html', 'report.eml'].map((file) => readFile(join(folder, file), 'utf8')))
  expect(page).not.toContain('cid:')
  expect(page).toMatch(/<img[^>]+src="data:image\/png;base64,/)
  for (const part of [/^Subject: /m, /^X-Unsent: 1$/m, /^Content-Type: multipart\/related/m, /^Content-Id: /im, /^Content-Type: text\/plain/m]) expect(mail).toMatch(part)
})

it('sends when asked, and says to whom', async () => {
  expect((await json('hourly', '--so-far', '--send')).sent).toEqual([{ receiver: 'out', outcome: 'delivered' }])
  expect(await readFile(join(folder, 'out.txt'), 'utf8')).toContain('memory')
})

it('says nothing of what has not been yet', async () => {
  expect(await report('hourly', '--at', '2100-01-01 08:00')).toMatchObject({ code: 2, stderr: expect.stringContaining('E600 --at is in the future') })
  expect(await report('weekly', '--so-far', '--at', '2100-01-01 08:00')).toMatchObject({ code: 2 })
  // A time of day is the last one, for reports are of the past.
  const soon = new Date(Date.now() + 60_000).toISOString().slice(11, 16)
  expect((await report('hourly', '--so-far', '--at', soon)).code).toBe(0)
})

it('names a report of the same name once', async () => {
  await writeFile(join(folder, 'tocsin.yaml'), (await readFile(join(folder, 'tocsin.yaml'), 'utf8')).replace('  web:', '  weekly:'))
  expect((await report('yearly')).stderr).toContain('one of: weekly, hourly, daily, monthly')
})

it('names what it does not know', async () => {
  expect(await report('yearly')).toMatchObject({ code: 2, stderr: expect.stringContaining('E600 there is no report "yearly"') })
  expect(await report('weekly', '--at', 'noonish')).toMatchObject({ code: 2, stderr: expect.stringContaining('--at cannot be "noonish"') })
  expect((await report('yearly')).stderr).toContain('one of: web, hourly, daily, weekly, monthly')
  expect(await report('weekly', '--html', 'no/such/folder.html')).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be written') })
})
