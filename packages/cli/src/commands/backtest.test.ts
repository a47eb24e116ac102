import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { anomalyScorer } from '@tocsin/evaluator-anomaly'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { envelope, FIXTURE, scratch, tocsin } from '../testing/cli.ts'

const START = Date.parse('2026-01-05T00:00:00Z')
const MINUTE = 60_000

let folder = ''
beforeEach(async () => {
  folder = await scratch()
  await mkdir(join(folder, 'data/eu'), { recursive: true })
})

const stamp = (minute: number): string => new Date(START + minute * MINUTE).toISOString().slice(0, 19).replace('T', ' ')

/** Two days at a minute: 30, and 10 minutes above a line now and then. */
async function points(name: string, peaks: Readonly<Record<number, number>>, minutes = 2_880): Promise<void> {
  const values = Array.from({ length: minutes }, (_, minute) => {
    const peak = Object.entries(peaks).find(([begin]) => minute >= Number(begin) && minute < Number(begin) + 10)
    return peak?.[1] ?? 30
  })
  await writeFile(join(folder, name), `timestamp,value\n${values.map((value, minute) => `${stamp(minute)},${value}`).join('\n')}\n`)
}

const data = z.object({
  tried: z.array(z.string()),
  from: z.string(),
  until: z.string(),
  series: z.number(),
  points: z.number(),
  pages: z.number(),
  pagesAtNight: z.number(),
  receivers: z.array(z.object({ receiver: z.string(), messages: z.number(), red: z.number(), amber: z.number(), ended: z.number(), atNight: z.number() })),
  alerts: z.array(z.object({ name: z.string(), level: z.string(), firedAt: z.string(), endedAt: z.string().nullable(), redSeconds: z.number(), told: z.array(z.string()) })),
  comparison: z.object({ with: z.string(), pages: z.number(), alerts: z.number(), onlyHere: z.array(z.unknown()), onlyThere: z.array(z.object({ name: z.string(), level: z.string() })), otherLevel: z.array(z.unknown()) }).nullable(),
  advice: z.object({ rule: z.string(), values: z.array(z.object({ value: z.number(), configured: z.boolean(), pages: z.number() })), best: z.number().nullable() }).nullable(),
})

async function report(...args: string[]): Promise<z.output<typeof data>> {
  const { stdout, stderr } = await tocsin(['backtest', '--config', FIXTURE, '--json', ...args], folder)
  expect(stderr).toBe('')
  return data.parse(envelope.parse(JSON.parse(stdout)).data)
}

describe('a report', () => {
  beforeEach(async () => {
    await points('data/a.csv', { 100: 90, 700: 85, 2_000: 70 })
    await points('data/eu/b.csv', { 700: 95 })
  })

  it('says what would have come of the rules, to people', async () => {
    const { code, stdout, stderr } = await tocsin(['backtest', '--config', FIXTURE, '--in', 'data'], folder)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/ over 2 files: 2 series, 5,760 points\n2d, 2026-01-05 00:00 to 2026-01-07 00:00 UTC\n/)
    expect(stdout).toMatch(/^a\.csv cpu · 3 alerts$/m)
    expect(stdout).toMatch(/^ +RED 80% ┼.*[⠁-⣿].*$/m)
    expect(stdout).toMatch(/^AMBER 60% ┼/m)
    expect(stdout).toMatch(/^ +alerts │ +█ +█ +▒▒?$/m)
    expect(stdout).toMatch(/^fake\.cpu +2 +3 +1 +30m +10m$/m)
    expect(stdout).toMatch(/^2 pages \(7\.0 a week\), 1 at night \(22:00-07:00 UTC\)$/m)
    expect(stdout).toMatch(/^2026-01-05 01:40 +RED +a\.csv +cpu +90% +10m +ops +> 80%$/m)
    expect(stdout).toMatch(/^fake\.cpu\.critical=9\d gives /m)
    expect(stdout.split('\n').every((line) => line.length <= 100)).toBe(true)
    expect(code).toBe(0)
  })

  it('says the same to programs', async () => {
    const { alerts, receivers, pages, pagesAtNight, series, advice } = await report('--in', 'data')
    expect(series).toBe(2)
    expect(alerts.map(({ name, level, firedAt, endedAt, redSeconds, told }) => [name, level, firedAt.slice(11, 16), endedAt?.slice(11, 16), redSeconds, told])).toEqual([
      ['a.csv', 'critical', '01:40', '01:50', 600, ['ops']],
      ['a.csv', 'critical', '11:40', '11:50', 600, ['ops']],
      ['eu/b.csv', 'critical', '11:40', '11:50', 600, ['ops']],
      ['a.csv', 'warning', '09:20', '09:30', 0, ['ops']],
    ])
    expect([pages, pagesAtNight, receivers]).toEqual([2, 1, [{ receiver: 'ops', messages: 6, red: 2, amber: 1, ended: 3, atNight: 2 }]])
    expect(advice?.rule).toBe('fake.cpu')
    expect(advice?.values.find(({ configured }) => configured)).toMatchObject({ value: 80, pages: 2 })
    expect(advice?.values.find(({ value }) => value === advice.best)?.pages).toBe(0)
  })

  it('tries values, beside the configuration as it is', async () => {
    const { tried, pages, comparison } = await report('--in', 'data/a.csv', '--set', 'fake.cpu.critical=88', '--set', 'for="5m"')
    expect(tried).toEqual(['fake.cpu.critical=88', 'fake.cpu.for="5m"'])
    expect(pages).toBe(1)
    expect(comparison).toMatchObject({ with: 'as configured', pages: 2, alerts: 3, onlyHere: [], onlyThere: [], otherLevel: [expect.anything()] })
    const { stdout } = await tocsin(['backtest', '--config', FIXTURE, '--in', 'data/a.csv', '--set', 'warning=75', '--no-advice'], folder)
    expect(stdout).toMatch(/^COMPARED +as configured +fake\.cpu\.warning=75$/m)
    expect(stdout).toMatch(/^alerts AMBER +1 +0$/m)
    expect(stdout).toMatch(/^an alert only as configured:$/m)
    expect(stdout).not.toMatch('CRITICAL')
  })

  it('changes what is named and nothing beside it: a length that stands for both levels stays that of the other', async () => {
    const path = join(folder, 'slow.config.ts')
    await writeFile(path, `import monitor from ${JSON.stringify(FIXTURE)}\nimport { tryOptions } from '@tocsin/core'\nexport default tryOptions(monitor, 'fake.cpu', { for: '30m', keepFiringFor: '5m' })\n`)
    const { stdout } = await tocsin(['backtest', '--config', path, '--json', '--in', 'data', '--no-advice', '--set', 'for.critical=5m'], folder)
    const { alerts } = data.parse(envelope.parse(JSON.parse(stdout)).data)
    expect(alerts.map(({ level }) => level)).toEqual(['critical', 'critical', 'critical'])
  })

  it('says which alerts are only in one of two configurations', async () => {
    const { comparison } = await report('--in', 'data/a.csv', '--set', 'warning=75', '--no-advice')
    expect(comparison).toMatchObject({ onlyHere: [], onlyThere: [{ name: 'a.csv', level: 'warning' }], otherLevel: [] })
  })

  it('compares with another configuration', async () => {
    const other = join(folder, 'other.config.ts')
    await writeFile(other, `import monitor from ${JSON.stringify(FIXTURE)}\nimport { tryOptions } from '@tocsin/core'\nexport default tryOptions(monitor, 'fake.cpu', { critical: 92 })\n`)
    const { comparison } = await report('--in', 'data', '--compare', 'other.config.ts', '--no-advice')
    expect(comparison).toMatchObject({ with: 'other.config.ts', pages: 1, alerts: 4, onlyHere: [], onlyThere: [], otherLevel: [expect.anything(), expect.anything()] })
  })

  it('begins where --since says: so long before the newest point, or at a time', async () => {
    expect(await report('--in', 'data/a.csv', '--since', '1d')).toMatchObject({ from: '2026-01-05T23:59:00.000Z', until: '2026-01-07T00:00:00.000Z', points: 1_441, alerts: [{ level: 'warning' }] })
    expect(await report('--in', 'data/a.csv', '--since', '2026-01-06 12:00')).toMatchObject({ from: '2026-01-06T12:00:00.000Z', points: 720, alerts: [] })
    expect(await report('--in', 'data/a.csv', '--since', '23:00')).toMatchObject({ from: '2026-01-06T23:00:00.000Z', points: 60 })
  })

  it('says what it passes over because it is not in order', async () => {
    await writeFile(join(folder, 'data/a.csv'), `timestamp,value\n${stamp(2)},20\n${stamp(1)},91\n${stamp(0)},91\n`)
    await writeFile(join(folder, 'data/eu/b.csv'), `${stamp(0)},20\n${stamp(0)},20\n`)
    const { code, stderr } = await tocsin(['backtest', '--config', FIXTURE, '--in', 'data'], folder)
    expect([code, stderr]).toEqual([0, '2 points of a.csv, and some of 1 more file, are not later than one before, and passed over: sort the lines by time if they should count\n'])
    const one = await tocsin(['backtest', '--config', FIXTURE, '--in', 'data/eu', '--json'], folder)
    expect([one.code, one.stderr]).toEqual([0, '1 point of b.csv is not later than one before, and passed over: sort the lines by time if they should count\n'])
  })

  it('reads what can be read, names what cannot once, and ends as partial', async () => {
    await writeFile(join(folder, 'data/a.csv'), `timestamp,value\n${stamp(0)},20\nbroken\n${stamp(1)},91\n`)
    const { code, stdout, stderr } = await tocsin(['backtest', '--config', FIXTURE, '--in', 'data/a.csv'], folder)
    expect(stderr).toMatch(/^E209 "broken" is not a time · a\.csv:3 · write a line as .*\n$/)
    expect(stdout).toMatch(/1 series, 2 points/)
    // Two minutes say nothing of a week.
    expect(stdout).toMatch(/^1 page, 1 at night/m)
    expect(stdout).not.toMatch(/CRITICAL|week/)
    expect(code).toBe(3)
  })
})

describe('scores', () => {
  const lines = ['timestamp,value', ...Array.from({ length: 600 }, (_, index) => `${stamp(index * 5)},${index === 500 ? 99 : 20 + (index % 7)}`), `${stamp(0)},7.50`, `${stamp(0)},`, 'broken,1']

  it('are written to the same paths, row by row, without a configuration', async () => {
    await writeFile(join(folder, 'data/eu/b.csv'), lines.join('\n'))
    await writeFile(join(folder, 'data/a.json'), JSON.stringify([{ timestamp: stamp(0), value: 1 }]))
    await writeFile(join(folder, 'data/notes.txt'), 'not points')
    const { code, stdout, stderr } = await tocsin(['backtest', '--in', 'data', '--out', 'out'], folder)
    expect(stdout).toBe('scored 604 rows of 2 files by anomaly auto, in out\n')
    expect(stderr).toMatch(/^E209 "broken" is not a time · eu\/b\.csv:604 · .*\n$/)
    expect(code).toBe(3)
    const score = anomalyScorer()
    const [header, ...rows] = (await readFile(join(folder, 'out/eu/b.csv'), 'utf8')).trimEnd().split('\n')
    expect(header).toBe('timestamp,value,anomaly_score')
    expect(rows).toEqual([
      ...lines.slice(1, 602).map((line) => {
        const [at = '', value = ''] = line.split(',')
        return `${line},${score(Date.parse(`${at.replace(' ', 'T')}Z`), Number(value))}`
      }),
      `${stamp(0)},,0`,
      'broken,1,0',
    ])
    expect(Math.max(...rows.map((row) => Number(row.split(',')[2])))).toBeGreaterThan(0.6)
    expect(JSON.parse(await readFile(join(folder, 'out/a.json'), 'utf8'))).toEqual([{ timestamp: stamp(0), value: 1, anomaly_score: 0 }])
  })

  it('are written in alphabetical order of their files', async () => {
    const names = ['b.csv', 'a.csv', 'eu/c.csv', 'eu/a.csv', 'C.csv']
    for (const name of names) await writeFile(join(folder, 'data', name), `${stamp(0)},1\n`)
    const { stdout } = await tocsin(['backtest', '--in', 'data', '--out', 'out', '--json'], folder)
    const { files } = z.object({ files: z.array(z.object({ path: z.string() })) }).parse(envelope.parse(JSON.parse(stdout)).data)
    expect(files.map(({ path }) => path.slice(join(folder, 'out/').length))).toEqual(['C.csv', 'a.csv', 'b.csv', 'eu/a.csv', 'eu/c.csv'])
  })

  it('are those of a rule, or of another method', async () => {
    await writeFile(join(folder, 'data/a.csv'), `${stamp(0)},20\n${stamp(1)},70\n${stamp(2)},91\n`)
    const read = async (): Promise<string[]> => (await readFile(join(folder, 'out/a.csv'), 'utf8')).trimEnd().split('\n').slice(1).map((row) => row.split(',')[2] ?? '')
    await tocsin(['backtest', '--config', FIXTURE, '--in', 'data/a.csv', '--out', 'out', '--rule', 'fake.cpu'], folder)
    expect(await read()).toEqual(['0', '0.5', '1'])
    const { stdout } = await tocsin(['backtest', '--config', FIXTURE, '--in', 'data/a.csv', '--out', 'out', '--rule', 'fake.cpu', '--set', 'warning=75', '--json'], folder)
    expect(await read()).toEqual(['0', '0', '1'])
    expect(envelope.parse(JSON.parse(stdout)).data).toMatchObject({ scoredBy: 'fake.cpu with fake.cpu.warning=75', rows: 3 })
    expect((await tocsin(['backtest', '--in', 'data/a.csv', '--out', 'out', '--method', 'stddev'], folder)).stdout).toBe('scored 3 rows of 1 file by anomaly stddev, in out\n')
  })
})

describe('wrong use', () => {
  beforeEach(() => points('data/a.csv', {}, 10))

  it.each([
    [['--in', 'none.csv'], /^E600 "none\.csv" cannot be read: .* · --in · name a CSV or JSON file/],
    [['--in', 'data/eu'], /^E600 "data\/eu" holds no file of points · --in · /],
    [['--in', 'data', '--in', 'data/a.csv'], /^E600 two files are called a\.csv · --in · /],
    [['--in', 'data', '--rule', 'fake.mem'], /^E600 there is no rule "fake\.mem" · --rule · one of: fake\.cpu/],
    [['--in', 'data', '--set', 'critical'], /^E600 --set cannot be "critical" · /],
    [['--in', 'data', '--set', 'criticl=85'], /^E102 .*"criticl".* · fake\.cpu · did you mean "critical"\?/],
    [['--in', 'data', '--set', 'fake.cpuu.critical=85'], /^E600 --set "fake\.cpuu\.critical=85" names no rule · .* · put one in front: fake\.cpu\.critical=85\n$/],
    [['--in', 'data', '--set', 'critical=50'], /^E112 .* · fake\.cpu · /],
    [['--in', 'data', '--since', '2027-01-01 00:00'], /^E600 there are no points in a\.csv · /],
    [['--in', 'data', '--since', 'soon'], /^E600 --since cannot be "soon" · write a duration, such as 14d, or a time: /],
    [['--in', 'data', '--compare', 'none.ts'], /^E100 .* · none\.ts · /],
    [['--in', 'data', '--method', 'auto'], /^E600 --method without --out · /],
    [['--out', 'out'], /^E600 --out without --in · /],
    [['--in', 'data', '--out', 'data'], /^E600 --out lies in --in · /],
    [['--in', 'data', '--out', 'data/scores'], /^E600 --out lies in --in · /],
    [['--in', 'data/a.csv', '--out', 'data'], /^E600 --out lies in --in · /],
    [['--in', 'data', '--out', 'out', '--since', '1d'], /^E600 --since with --out · /],
    [['--in', 'data', '--out', 'out', '--set', 'critical=85'], /^E600 --set with --out, without --rule · /],
    [['--in', 'data', '--out', 'out', '--method', 'best'], /^E103 .* · --method · /],
    [[], /^E600 there are no points in what the monitor saw · .* give files of points: --in points\.csv --rule fake\.cpu\n$/],
  ])('%j is refused', async (args, message) => {
    const { code, stdout, stderr } = await tocsin(['backtest', '--config', FIXTURE, ...args], folder)
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})
