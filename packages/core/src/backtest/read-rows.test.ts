import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { csvParser } from './csv-rows.ts'
import { jsonLinesParser, jsonListParser } from './json-rows.ts'
import { readRows } from './read-rows.ts'
import type { BadLine, RowParser, Rows } from './rows.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-rows-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

const NOON = Date.parse('2026-01-05T12:00:00Z')

/** Every row of a file, and what was wrong with it. */
async function read(name: string, text: string): Promise<{ rows: (readonly [number, number])[]; stamps: string[]; texts: string[]; problems: string[] }> {
  const path = join(folder, name)
  await writeFile(path, text)
  const [rows, stamps, texts, problems]: [(readonly [number, number])[], string[], string[], string[]] = [[], [], [], []]
  for await (const piece of readRows(path, { shown: name, onProblem: (problem) => problems.push(String(problem)) })) {
    rows.push(...piece.timestamps.map((at, index) => [at, piece.values[index] ?? NaN] as const))
    stamps.push(...piece.stamps)
    texts.push(...piece.texts)
  }
  return { rows, stamps, texts, problems }
}

describe('times', () => {
  it.each([
    ['2026-01-05T12:00:00Z', NOON],
    ['2026-01-05 12:00:00', NOON],
    ['2026-01-05T12:00:00', NOON],
    ['2026-01-05 12:00', NOON],
    ['2026-01-05 12:00:00.250', NOON + 250],
    ['2026-01-05 12:00:00.250999', NOON + 250],
    ['2026-01-05T13:00:00+01:00', NOON],
    ['2026-01-05T06:30:00-0530', NOON],
    ['2026-01-05 12:00:00 UTC', NOON],
    ['2026-01-05', Date.parse('2026-01-05T00:00:00Z')],
    [String(NOON / 1_000), NOON],
    [`${NOON / 1_000}.25`, NOON + 250],
    [String(NOON), NOON],
    ['1.7676144e9', NOON],
    ['0', 0],
  ])('%s is read', async (text, at) => {
    expect((await read('a.csv', `timestamp,value\n${text},1\n`)).rows).toEqual([[at, 1]])
  })

  it.each(['12:00', '2026-02-30 12:00:00', '2026-13-01', '2026-01-05 24:00:00', '2026-01-05 12:60:00', '05.01.2026', `${NOON}000`, 'now', ''])('"%s" is none', async (text) => {
    const { rows, problems } = await read('a.csv', `${NOON},0\n${text},1\n${NOON},2\n`)
    expect(rows).toEqual([[NOON, 0], [NaN, NaN], [NOON, 2]])
    expect(problems).toEqual([expect.stringMatching(/^E209 ".*" is not a time · a\.csv:2 · write a line as /)])
  })

  it('reads each row by itself, though days and forms change from row to row', async () => {
    const stamps = ['2026-01-05 12:00:00', '2026-01-06 00:00:00', '2026-01-05 23:59:59', '2026-01-05 23:59:61', '2026-01-06T00:00:00', '2026-01-06 0a:00:00']
    expect((await read('a.csv', stamps.map((stamp) => `${stamp},1`).join('\n'))).rows.map(([at]) => at)).toEqual([NOON, NOON + 12 * 3_600_000, NOON + 12 * 3_600_000 - 1_000, NaN, NOON + 12 * 3_600_000, NaN])
  })

  it('reads what Date reads of ISO 8601', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true }), { minLength: 1, maxLength: 20 }), async (dates) => {
        const { rows } = await read('a.csv', dates.map((date) => `${date.toISOString()},1\n${date.toISOString().slice(0, 19).replace('T', ' ')},1`).join('\n'))
        expect(rows.map(([at]) => at)).toEqual(dates.flatMap((date) => [date.getTime(), Math.floor(date.getTime() / 1_000) * 1_000]))
      }),
      { numRuns: 50 },
    ))
})

describe('values', () => {
  it('reads numbers, missing points and infinity, and tells what is none', async () => {
    const texts = ['42.5', '-1e3', '.5', '', 'NaN', 'null', '-', 'inf', '-Infinity', ' 7 ', '1_000', 'n', '0x10']
    const { rows, problems } = await read('a.csv', texts.map((text) => `${NOON},${text}`).join('\n'))
    expect(rows.map(([, value]) => value)).toEqual([42.5, -1_000, 0.5, NaN, NaN, NaN, NaN, Infinity, -Infinity, 7, NaN, NaN, NaN])
    expect(problems.map((problem) => problem.split(' · ').slice(0, 2))).toEqual([['E209 "1_000" is not a number', 'a.csv:11'], ['E209 "n" is not a number', 'a.csv:12'], ['E209 "0x10" is not a number', 'a.csv:13']])
  })
})

describe('CSV', () => {
  it('reads a header or none, columns by name, quotes, a byte order mark, Windows line ends and empty lines', async () => {
    const one = [[NOON, 1], [NOON + 60_000, 2]]
    expect((await read('a.csv', 'timestamp,value\n2026-01-05 12:00:00,1\n2026-01-05 12:01:00,2')).rows).toEqual(one)
    expect((await read('b.csv', '2026-01-05 12:00:00,1\n2026-01-05 12:01:00,2\n')).rows).toEqual(one)
    expect((await read('c.csv', '\uFEFFtimestamp,value\r\n2026-01-05 12:00:00,1\r\n\r\n2026-01-05 12:01:00,2\r\n')).rows).toEqual(one)
    expect((await read('d.csv', '\uFEFF2026-01-05 12:00:00,1\n  \n2026-01-05 12:01:00,2\n')).rows).toEqual(one)
    expect((await read('e.csv', '"Time","host","Value"\n"2026-01-05 12:00:00","web, 1"\n"2026-01-05 12:01:00",web-1,"2"\n')).rows).toEqual([[NaN, NaN], one[1]])
    expect((await read('g.csv', '"Time","host, or so","Value"\n"2026-01-05 12:00:00","web, ""1""",1\n"2026-01-05 12:01:00",,"2"\n')).rows).toEqual(one)
    expect((await read('f.csv', '2026-01-05 12:00:00,1,ignored\n')).rows).toEqual([one[0]])
  })

  it('does not take a broken first line for a header', async () => {
    expect((await read('a.csv', 'yesterday,1\n2026-01-05 12:00:00,1\n')).problems).toEqual([expect.stringMatching(/^E209 "yesterday" is not a time · a\.csv:1 · /)])
    expect((await read('b.csv', '2026-01-05 12:00:00\n2026-01-05 12:00:00,1\n')).problems).toEqual([expect.stringMatching(/^E209 there is no value · b\.csv:1 · /)])
  })

  it('gives what is written as it is written, broken or not', async () => {
    const { stamps, texts } = await read('a.csv', 'timestamp,value\n 2026-01-05 12:00:00,1.50\n"x",\n2026-01-05 12:01:00\n')
    expect(stamps).toEqual([' 2026-01-05 12:00:00', '"x"', '2026-01-05 12:01:00'])
    expect(texts).toEqual(['1.50', '', ''])
    const quoted = await read('b.csv', '2026-01-05 12:00:00,"1,234.5"\n"5 Jan, 2026",1\n"2026, half\n')
    expect([quoted.stamps, quoted.texts]).toEqual([['2026-01-05 12:00:00', '"5 Jan, 2026"', '"2026'], ['"1,234.5"', '1', ' half']])
    expect(quoted.problems).toHaveLength(3)
  })

  it('names the first ten bad lines and counts the others', async () => {
    const { rows, problems } = await read('a.csv', `timestamp,value\n${'x,1\n'.repeat(1_234)}${NOON},1\n`)
    expect(rows.length).toBe(1_235)
    expect(problems.length).toBe(11)
    expect(problems[9]).toMatch(/ · a\.csv:11 · /)
    expect(problems[10]).toMatch(/^E209 1,224 more lines cannot be read · a\.csv · /)
  })

  it('reads a file of many pieces, letters of two bytes across their edges included', async () => {
    // Of two texts that begin an odd number of bytes apart, an edge cuts a letter of one.
    const written = ['ä'.repeat(100_000), 'ä'.repeat(100_000), ...Array.from({ length: 9_000 }, (_, index) => String(index))]
    const { rows, texts } = await read('a.csv', `timestamp,value\n${written.map((text) => `2026-01-05 12:00:00,${text}`).join('\n')}\n`)
    expect(texts).toEqual(written)
    expect(rows.slice(2)).toEqual(Array.from({ length: 9_000 }, (_, index) => [NOON, index]))
  })
})

describe('JSON', () => {
  const points = [{ timestamp: '2026-01-05T12:00:00Z', value: 1 }, { timestamp: NOON / 1_000, value: '2' }, { timestamp: NOON, value: null }, [NOON, 3]]
  const expected = [[NOON, 1], [NOON, 2], [NOON, NaN], [NOON, 3]]

  it('reads a list, however it is laid out, and JSON lines', async () => {
    expect(await read('a.json', JSON.stringify(points))).toMatchObject({ rows: expected, problems: [] })
    expect(await read('b.json', `\uFEFF\n${JSON.stringify(points, null, 2)}\n`)).toMatchObject({ rows: expected, problems: [] })
    expect(await read('c.jsonl', points.map((point) => JSON.stringify(point)).join('\n\n'))).toMatchObject({ rows: expected, problems: [] })
    expect(await read('f.jsonl', `\uFEFF${points.map((point) => JSON.stringify(point)).join('\r\n')}`)).toMatchObject({ rows: expected, problems: [] })
    expect(await read('d.ndjson', '')).toMatchObject({ rows: [], problems: [] })
    expect(await read('e.json', '[]')).toMatchObject({ rows: [], problems: [] })
  })

  it('tells the line of each point that is none, and reads the others', async () => {
    const list = ['[', '{ "timestamp": "x", "value": 1 },', '{ "timestamp": 0,', '  "value": "],[\\"" },', '5,', '{ "value": 1 }, [1', '], {]},', `[${NOON}, 3] ]`].join('\n')
    const { rows, problems } = await read('a.json', list)
    expect(problems.map((problem) => problem.split(' · ').slice(0, 2).join(' '))).toEqual([
      'E209 "x" is not a time a.json:2',
      String.raw`E209 "],[\"" is not a number a.json:3`,
      'E209 it is not a point a.json:5',
      'E209 it is not a point a.json:6',
      'E209 it is not a point a.json:6',
      expect.stringMatching(/^E209 .*JSON.* a\.json:7$/),
    ])
    expect(rows.at(-1)).toEqual([NOON, 3])
    expect(rows.length).toBe(7)
  })

  it('gives what there is of an element that is no point', async () => {
    const { rows, stamps, texts } = await read('a.json', `[{ "timestamp": ${NOON}, "value": { "max": 1 } }, { "timestamp": "x" }, [${NOON}], [${NOON}, true, 1], 5, null]`)
    expect(rows).toEqual(Array.from({ length: 6 }, () => [NaN, NaN]))
    expect(stamps).toEqual([String(NOON), '"x"', String(NOON), String(NOON), 'null', 'null'])
    expect(texts).toEqual(['{"max":1}', 'null', 'null', 'true', 'null', 'null'])
  })

  it.each([
    ['[{ "timestamp": 0, "value": 1 }, { "timest', 'the list does not end', 2],
    ['{ "timestamp": 0, "value": 1 }', 'it is not a list', 0],
    ['[[0, 1]]\n[[1, 1]]', 'something follows the list', 1],
    ['', 'there is no list', 0],
  ])('says what is wrong with %j', async (text, what, rows) => {
    const found = await read('a.json', text)
    expect(found.problems.at(-1)).toMatch(`E209 ${what} · a.json:`)
    expect(found.rows.length).toBe(rows)
  })
})

it('gives the same rows however the text is cut', () => {
  const line = fc.constantFrom('2026-01-05 12:00:00,1', 'x,1', '', '1767614400,"2"', '2026-01-05', '\r', 'timestamp,value')
  const element = fc.constantFrom('[0,1]', '{"timestamp":"2026-01-05","value":"\\"]"}', '5', '{"timestamp":0,\n"value":null}', '[0', '')
  const all = (make: (bad: BadLine) => RowParser, pieces: readonly string[]): unknown => {
    const told: unknown[] = []
    const parser = make((...problem) => told.push(problem))
    const rows: Rows[] = [...pieces.map((piece) => parser.push(piece, false)), parser.push('', true)]
    return { told, timestamps: rows.flatMap((one) => one.timestamps), values: rows.flatMap((one) => one.values), stamps: rows.flatMap((one) => one.stamps), texts: rows.flatMap((one) => one.texts) }
  }
  const cut = (text: string, places: readonly number[]): string[] => {
    const at = [0, ...places.map((place) => place % (text.length + 1)).toSorted((a, b) => a - b), text.length]
    return at.slice(1).map((end, index) => text.slice(at[index], end))
  }
  const csv = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'))
  const list = fc.array(element, { maxLength: 6 }).map((elements) => `[${elements.join(', \n')}]`)
  const cases = fc.oneof(csv.map((text) => ({ text, make: csvParser })), csv.map((text) => ({ text, make: jsonLinesParser })), list.map((text) => ({ text, make: jsonListParser })))
  fc.assert(fc.property(cases, fc.array(fc.nat(), { maxLength: 12 }), ({ text, make }, places) => {
    expect(all(make, cut(text, places))).toEqual(all(make, [text]))
  }), { numRuns: 500 })
})

it('says that a file cannot be read', async () => {
  const rows = readRows(join(folder, 'none.csv'), { shown: 'none.csv', onProblem: () => {} })
  await expect(rows.next()).rejects.toMatchObject({ code: 'E208', where: 'none.csv' })
})
