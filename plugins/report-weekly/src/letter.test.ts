import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startMailServer } from '@tocsin/dev-tools'
import { caniemail } from 'caniemail'
import { HtmlValidate } from 'html-validate'
import { createTransport } from 'nodemailer'
import { describe, expect, it } from 'vitest'
import type { Figures } from './figures.ts'
import { MOST_HTML_BYTES, MOST_ROWS, renderLetter } from './letter.ts'
import { aBusyWeek, anEmptyWeek, aResource, aRow, WEEK } from './testing/figures.ts'
import { pixelsOf } from './testing/pixels.ts'

const golden = (name: string): string => join(import.meta.dirname, 'testing/golden', name)
/** What the HTML says and in which order, without its looks. */
const structure = (html: string): string => html.replaceAll(/ (?:style|class|width|height|bgcolor|cellpadding|cellspacing|border|valign)="[^"]*"/g, '').replaceAll(/^<style>.*?<\/style>\n/gms, '')
const green = (over: Partial<Figures> = {}): Figures =>
  anEmptyWeek({ rows: Array.from({ length: 14 }, (_, index) => aRow(`web-${index}`, 'cpu')), coverage: { watched: 14, expected: 14, silent: [], gaps: [] }, counts: { now: { red: 0, amber: 0 }, before: { red: 1, amber: 2 } }, ...over })
const TYPICAL = aRow('web', 'cpu', { minutes: { amber: 1, red: 1 } })
const many = (count: number, name: (index: number) => string = (index) => `web-${index}`, over: Parameters<typeof aRow>[2] = {}): Figures =>
  anEmptyWeek({ rows: Array.from({ length: count }, (_, index) => ({ ...TYPICAL, resource: aResource(name(index)), worst: index % 3 === 0 ? ('critical' as const) : ('warning' as const), ...over })), counts: { now: { red: Math.ceil(count / 3), amber: count - Math.ceil(count / 3) } }, coverage: { watched: count, expected: count, silent: [], gaps: [] } })

describe('a busy week', () => {
  const letter = renderLetter(aBusyWeek())

  it('is said in text', () => expect(letter.text).toMatchFileSnapshot(golden('busy-week.txt')))
  it('is said in HTML', () => expect(structure(letter.html)).toMatchFileSnapshot(golden('busy-week.html')))
  it('is said in short', () => expect(JSON.stringify(letter.short, null, 2)).toMatchFileSnapshot(golden('busy-week.json')))

  it('is in the README as it is', () => {
    expect(readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')).toContain(`\`\`\`\n${letter.text}\`\`\``)
  })

  it('has the subject that says it all', () => {
    expect(letter.subject).toBe('Week 34: 2 red, 5 amber (down 3) · 14/14 watched')
  })

  it('shows the pictures that it carries and carries those that it shows, each with numbers for those who do not see it', () => {
    const tags = [...letter.html.matchAll(/<img [^>]*>/g)].map(([tag]) => tag)
    expect(tags.map((tag) => /src="cid:([^"]+)"/.exec(tag)?.[1])).toEqual(letter.images.map(({ cid }) => cid))
    expect(letter.images.length).toBe(3 + 7)
    for (const tag of tags) expect(tag).toMatch(/alt="[^"]*\d[^"]*"/)
    expect(tags[0]).toContain(
      'alt="web-3 cpu: low 4.58% (Fri 05:00), average 40.3%, high 100% (Wed 10:05), 95th percentile 98.7%; amber from 60%, red from 80%; 18h red, 6h 35m amber; no data 7% of the time"',
    )
    for (const { content } of letter.images) expect(pixelsOf(content).at(0, 0)).toBe('#ffffff')
  })

  it('names its pictures as no other letter does', () => {
    const next = renderLetter(aBusyWeek({ period: { kind: 'week', from: WEEK.until, until: WEEK.until + 7 * 86_400_000, name: 'Week 35' } }))
    const names = [...letter.images, ...next.images].map(({ cid }) => cid)
    expect(new Set(names).size).toBe(20)
    for (const name of names) expect(name).toMatch(/^[a-z0-9.-]+@tocsin$/)
  })

  it('is the same every time', () => {
    expect(renderLetter(aBusyWeek())).toEqual(letter)
  })

  it('fits the width of a terminal', () => {
    expect(Math.max(...letter.text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it('comes through a mail server with its pictures', async () => {
    const server = await startMailServer()
    try {
      const transport = createTransport({ host: '127.0.0.1', port: server.port, ignoreTLS: true })
      const attachments = letter.images.map(({ cid, contentType, content }) => ({ cid, contentType, content: Buffer.from(content), contentDisposition: 'inline' as const }))
      await transport.sendMail({ from: 'a@example.com', to: 'b@example.com', subject: letter.subject, text: letter.text, html: letter.html, attachments })
      transport.close()
      const parsed = server.mails[0]?.parsed
      expect(parsed?.subject).toBe(letter.subject)
      expect(parsed?.text?.trim()).toBe(letter.text.trim())
      expect(parsed?.attachments.map(({ cid, content }) => ({ cid, content: content.toString('base64') }))).toEqual(letter.images.map(({ cid, content }) => ({ cid, content: Buffer.from(content).toString('base64') })))
      // mailparser puts each picture in the place of its cid: none may be left over.
      expect(parsed?.html).not.toContain('cid:')
    } finally {
      await server.close()
    }
  })
})

describe('other weeks', () => {
  it('all green', async () => {
    const letter = renderLetter(green())
    expect(letter.subject).toBe('Week 34: all green (down 3) · 14/14 watched')
    expect(letter.short.summary).toBe('Nothing to do: all 14 resources stayed green.')
    expect(letter.images).toEqual([])
    await expect(letter.text).toMatchFileSnapshot(golden('green-week.txt'))
  })

  it('nothing there to watch', async () => {
    const letter = renderLetter(anEmptyWeek())
    expect(letter.subject).toBe('Week 34: nothing was watched')
    await expect(letter.text).toMatchFileSnapshot(golden('empty-week.txt'))
    for (const part of [letter.text, letter.html, letter.subject]) expect(part).not.toMatch(/green all|all green|\b0(%|ms| red| amber)/i)
  })

  it('resources without data are named, and neither green nor zero', () => {
    const silent = aRow('db-1', 'cpu', { course: Array.from({ length: 168 }, () => undefined), coverage: 0 })
    const letter = renderLetter(green({ rows: [...green().rows, silent], coverage: { watched: 14, expected: 15, silent: [aResource('db-1')], gaps: [] }, counts: { now: { red: 0, amber: 0 } } }))
    expect(letter.subject).toBe('Week 34: green where watched · 14/15 watched')
    for (const part of [letter.text, letter.html]) {
      expect(part).toMatch(/No data at all:(<\/b>)? db-1/)
      expect(part).toContain('14 resources (14 metrics) stayed green all the week.')
    }
    expect(letter.short.summary).toBe('Find out why db-1 sent no data at all.')
    expect(letter.short.facts).toContainEqual({ name: 'No data', value: '1 resource' })
  })

  it('no resource gave data: not green', () => {
    const letter = renderLetter(anEmptyWeek({ coverage: { watched: 0, expected: 2, silent: [aResource('a'), aResource('b')], gaps: [] } }))
    expect(letter.subject).toBe('Week 34: no data · 0/2 watched')
    expect(letter.text).toContain('NOTHING COULD BE JUDGED')
    expect(letter.text).toContain('Find out why a and b sent no data at all.')
  })

  it('a red row without a value says so', () => {
    const letter = renderLetter(anEmptyWeek({ rows: [aRow('db-1', 'cpu', { worst: 'critical', level: 'critical', minutes: { amber: 0, red: 60 }, course: [], coverage: 0 })], counts: { now: { red: 1, amber: 0 } }, coverage: { watched: 0, expected: 1, silent: [aResource('db-1')], gaps: [] } }))
    expect(letter.text).toMatch(/RED db-1 cpu.*\n {2}no data\n/)
    expect(letter.html).toMatch(/<td colspan="5"[^>]*>no data<\/td>/)
    expect(letter.short.lines).toEqual(['RED db-1 cpu: no data · 1h red'])
    expect(letter.images).toEqual([])
  })

  it('a row without a curve moves no picture to another row', () => {
    const without = aRow('db-1', 'cpu', { worst: 'critical', course: [], coverage: 0 })
    const { html, images } = renderLetter(anEmptyWeek({ rows: [without, ...aBusyWeek().rows], counts: { now: { red: 3, amber: 5 } } }))
    const alone = renderLetter(aBusyWeek())
    expect(images.map(({ content }) => Buffer.from(content).toString('base64'))).toEqual(alone.images.map(({ content }) => Buffer.from(content).toString('base64')))
    expect([...html.matchAll(/<img src="cid:([^"]+)"/g)].map(([, cid]) => cid)).toEqual(images.map(({ cid }) => cid))
    expect([...html.matchAll(/ alt="([^"]*)"/g)].map(([, alt]) => alt)).toEqual([...alone.html.matchAll(/ alt="([^"]*)"/g)].map(([, alt]) => alt))
  })

  it('a store that keeps no points is not told as missing data', () => {
    const unkept = aRow('web-1', 'cpu', { worst: 'critical', course: [] })
    const { coverage: _, ...row } = unkept
    const letter = renderLetter(anEmptyWeek({ rows: [row], counts: { now: { red: 1, amber: 0 } }, coverage: { watched: 1, expected: 1, silent: [], gaps: [] } }))
    expect(letter.text).toContain('values not kept')
    expect(letter.text).not.toContain('no data')
  })

  it.each([
    ['day', '2026-08-19T22:00:00Z', '2026-08-20T22:00:00Z', '2026-08-20', 'Thursday 20 August 2026', '14:05', 'the day before'],
    ['hour', '2026-08-20T12:00:00Z', '2026-08-20T13:00:00Z', '2026-08-20 14:00', 'Thursday 20 August 2026, 14:00–15:00', '14:05', 'the hour before'],
    ['month', '2026-07-31T22:00:00Z', '2026-08-31T22:00:00Z', 'August 2026', 'August 2026', '20 Aug 14:05', 'the month before'],
  ] as const)('of a %s', (kind, from, until, name, span, when, before) => {
    const highAt = Date.parse('2026-08-20T12:05:00Z')
    const row = aRow('web-3', 'cpu', { worst: 'critical', minutes: { amber: 0, red: 7 }, values: { low: 1, lowAt: highAt, average: 2, high: 97, highAt, p95: 3 }, before: { low: 1, average: 1, high: 1, p95: 1 } })
    const { text, subject } = renderLetter(anEmptyWeek({ period: { kind, from: Date.parse(from), until: Date.parse(until), name }, rows: [row], counts: { now: { red: 1, amber: 0 } } }))
    expect(subject).toBe(`${name}: 1 red`)
    expect(text).toContain(`main · ${span} · Europe/Berlin`)
    expect(text).toContain(`high 97% (${when})`)
    expect(text).toContain(`beside ${before}`)
  })
})

describe('size', () => {
  it('lists the worst of 10,000 resources and counts the rest', () => {
    const letter = renderLetter(many(10_000))
    expect(letter.html.match(/src="cid:sparkline/g)?.length).toBe(MOST_ROWS)
    expect(letter.text).toContain(`And 9,975 more: 3,325 red, 6,650 amber.`)
    expect(letter.html).toContain(`And 9,975 more: 3,325 red, 6,650 amber.`)
    expect(letter.short.lines.at(-1)).toBe('and 9,992 more')
  })

  it.each([
    ['short names', (index: number) => `web-${index}`],
    ['names as long as they come', (index: number) => `${'&"<>'.repeat(500)}${index}`],
    ['names of four bytes a character', (index: number) => `${'😀'.repeat(500)}${index}`],
  ])('stays below the limit with %s', (_, name) => {
    const names = { resource: aResource(name(1), { account: name(2), region: name(3) }), metric: name(4), rule: name(5) }
    const resources = Array.from({ length: 10_000 }, (_, index) => aResource(name(index)))
    const figures = {
      ...many(300, name, names),
      monitor: name(6),
      coverage: { watched: 0, expected: 10_000, silent: resources, gaps: resources.map((resource) => ({ resource, metric: name(7), coverage: 0.5 })) },
      noise: resources.map(({ name: rule }) => ({ rule, level: 'warning' as const, fired: 9, ignored: 9 })),
      channels: resources.map(({ name: receiver }) => ({ receiver, delivered: 0, failed: 3, reason: receiver })),
      failures: resources.map(({ name: source }) => ({ source, reason: source, minutes: 3 })),
    }
    const { html, subject, text, images } = renderLetter(figures)
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(MOST_HTML_BYTES)
    expect(subject.length).toBeLessThanOrEqual(300)
    expect(Buffer.byteLength(text)).toBeLessThan(60_000)
    // No character is cut in half.
    for (const part of [html, text, subject]) expect(part.isWellFormed()).toBe(true)
    const shown = html.match(/src="cid:sparkline/g)?.length ?? 0
    expect(shown).toBeGreaterThanOrEqual(5)
    expect(html).toContain(`And ${300 - shown} more`)
    expect(images.length).toBe(3 + shown)
  })
})

describe('names from outside', () => {
  const evil = '<script>alert(1)</script>"\' onload=x {{constructor}} {{{monitor}}}\r\nBcc: a@example.com\u202E\u001B[31m'
  const figures = aBusyWeek()
  const letter = renderLetter({
    ...figures,
    monitor: evil,
    rows: figures.rows.map((row) => ({ ...row, resource: { ...row.resource, name: evil, account: evil, region: evil }, metric: evil, rule: evil, dimensions: { mount: evil } })),
    coverage: { watched: 1, expected: 2, silent: [aResource(evil)], gaps: [{ resource: aResource(evil), metric: evil, coverage: 0.5 }] },
    noise: figures.noise.map((noisy) => ({ ...noisy, rule: evil })),
    channels: [{ receiver: evil, delivered: 0, failed: 1, reason: evil }],
    failures: [{ source: evil, reason: evil, minutes: 9 }],
  })

  it('are escaped, wherever they stand', () => {
    expect(letter.html).not.toMatch(/<script/i)
    expect(letter.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27; onload&#x3D;x {{constructor}} {{{monitor}}} Bcc')
    const alts = [...letter.html.matchAll(/src="cid:chart[^>]* alt="([^"]*)"/g)].map(([, alt]) => alt)
    expect(alts.length).toBe(3)
    for (const alt of alts) expect(alt).toContain('&lt;script&gt;')
  })

  it('start no line, turn no text around and move no cursor', () => {
    for (const part of [letter.html, letter.text, letter.subject, JSON.stringify(letter.short)]) {
      expect(part).not.toMatch(/[\r\u202E\u001B]|^Bcc/m)
      expect(part).not.toContain(String.raw`\r`)
    }
  })

  it('stay as they are in text', () => {
    expect(letter.text).toContain(`<script>alert(1)</script>"' onload=x {{constructor}} {{{monitor}}} Bcc: a@example.com`)
  })
})

describe('mail clients', () => {
  const letters = [aBusyWeek(), green(), anEmptyWeek(), many(300)].map((figures) => renderLetter(figures).html)

  it('get valid HTML', async () => {
    // Attributes instead of CSS are what Outlook reads; so are its conditional comments.
    const validator = new HtmlValidate({ extends: ['html-validate:standard'], rules: { 'no-deprecated-attr': 'off' } })
    for (const html of letters) {
      const { results } = await validator.validateString(html)
      expect(results.flatMap(({ messages }) => messages.map(({ line, message }) => `${line}: ${message}`))).toEqual([])
    }
  })

  /** What a client may drop without harm, by what https://www.caniemail.com says it drops. */
  const ENHANCEMENTS: Readonly<Record<string, string>> = {
    '<style> element': 'holds nothing but the colours of dark mode',
    '@media': 'holds nothing but the colours of dark mode',
    'color-scheme meta tag': 'the mail has colours of its own for every cell',
    '<body> element': 'a table of the same colour fills it',
    'role attribute': 'tells screen readers which tables are layout',
    'white-space': 'a number may wrap in a narrow column',
    'word-break': 'a long name makes the table wider',
    'height property': 'pictures keep their proportions by their width',
  }

  it('drop nothing of it that matters', () => {
    const dropped = letters.flatMap((html) => [...caniemail({ clients: ['outlook.*', 'gmail.*', 'apple-mail.*', 'yahoo.*', 'samsung-email.*'], html }).issues.errors.values()].flat())
    expect(dropped.length).toBeGreaterThan(0)
    expect([...new Set(dropped.map(({ title }) => title))].filter((title) => !(title in ENHANCEMENTS))).toEqual([])
  })

  it('need no style sheet for the layout', () => {
    for (const html of letters) {
      const [sheet = ''] = /<style>.*<\/style>/s.exec(html) ?? []
      const properties = [...sheet.matchAll(/\{ ([^}]*) \}/g)].flatMap(([, body = '']) => body.split(';').map((one) => one.split(':')[0]?.trim())).filter(Boolean)
      expect(new Set(properties)).toEqual(new Set(['color', 'background-color', 'border-color']))
      expect(sheet.match(/@media/g)).toEqual(['@media'])
      // Nothing but tables, and nothing from elsewhere.
      expect(html).not.toMatch(/<(div|link|script|svg|iframe|form|video|object)\b|https?:|url\(|display:(?!block)|position:|float:|flex|grid|var\(/i)
    }
  })

  it('say every colour with a word', () => {
    const [busy = ''] = letters
    const bars = [...busy.matchAll(/<span class="(red|amber|green)"[^>]*>(\w+)<\/span>/g)].map(([, color, word]) => [color, word])
    expect(bars.length).toBe(10)
    for (const [color, word] of bars) expect(word).toBe(color?.toUpperCase())
  })
})

it('says of a target that did not answer that it did not, whatever its numbers are compared with', () => {
  const endless = { low: 0.2, lowAt: WEEK.from, average: Infinity, high: Infinity, highAt: WEEK.from, p95: Infinity }
  const row = aRow('web', 'responseTime', { unit: 'seconds', worst: 'critical', values: endless, minutes: { amber: 0, red: 60 } })
  for (const average of [0.2, Infinity]) {
    const { text, html } = renderLetter(anEmptyWeek({ rows: [{ ...row, before: { low: 0.1, average, high: 0.3, p95: 0.3 } }], counts: { now: { red: 1, amber: 0 } } }))
    expect(text).toContain('no answer')
    expect(`${text} ${html}`).not.toMatch(/NaN|Infinity/)
  }
})
