import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { defineEvaluator } from '../plugin/define-evaluator.ts'
import { fleetMonitor } from '../testing/fleet.ts'
import { scoreFile, type Scorer, scorerOf } from './score.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-score-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

const metric = { name: 'cpu', unit: 'percent', worse: 'high', help: '' } as const

async function scored(name: string, text: string, scorer: Scorer): Promise<{ text: string; rows: number; problems: string[] }> {
  const problems: string[] = []
  await writeFile(join(folder, name), text)
  const to = join(folder, 'out', 'deep', name)
  const rows = await scoreFile(join(folder, name), to, { scorer, shown: name, onProblem: (problem) => problems.push(String(problem)) })
  return { text: await readFile(to, 'utf8'), rows, problems }
}

describe('a scorer', () => {
  it('is that of the evaluator where it has one, made for each series', () => {
    const counting = defineEvaluator({ name: 'counting', create: () => ({ evaluate: () => ({ judgements: [] }), scorer: ({ worse }) => { let seen = 0; return () => (worse === 'high' ? ++seen / 10 : -1) } }) })
    const rule = { evaluator: counting().evaluator, metric }
    const [one, other] = [scorerOf(rule), scorerOf(rule)]
    expect([one(0, 1), one(1, 1), other(0, 1)]).toEqual([0.1, 0.2, 0.1])
  })

  it('is 0, 0.5 or 1 by the level else, with the state that the evaluator keeps', () => {
    const [rule] = fleetMonitor().watch[0]?.rules ?? []
    if (rule === undefined) throw new Error('no rule')
    expect([20, 70, 91, 20, NaN].map((value, at) => scorerOf(rule)(at, value))).toEqual([0, 0.5, 1, 0, 0])
    const rises = defineEvaluator({
      name: 'rises',
      options: z.object({}),
      create: () => ({
        evaluate: ({ timestamps, values }, { state = Infinity }) => {
          const value = values[0] ?? NaN
          return { judgements: [{ at: timestamps[0] ?? 0, value, breaches: value > Number(state) ? 'critical' : 'none', reason: '' }], state: value }
        },
      }),
    })
    const score = scorerOf({ evaluator: rises({}).evaluator, metric })
    expect([1, 2, 2, 1, 3].map((value, at) => score(at, value))).toEqual([0, 1, 0, 0, 1])
  })
})

describe('a scored file', () => {
  const byValue: Scorer = (_at, value) => value / 100

  it('has one row for each row, in order, as it was written, though times repeat or go back', async () => {
    const rows = ['2026-01-05 12:00:00,42.50', '2026-01-05 12:00:00,1e1', '"2026-01-05T11:00:00Z", 7', '1767614400,']
    expect(await scored('a.csv', `timestamp,value\n${rows.join('\r\n')}\n`, byValue)).toEqual({
      text: `timestamp,value,anomaly_score\n${rows.map((row, index) => `${row},${[0.425, 0.1, 0.07, 0][index]}`).join('\n')}\n`,
      rows: 4,
      problems: [],
    })
  })

  it('keeps a row that cannot be read, and does not show it to the scorer', async () => {
    const seen: number[] = []
    const { text, rows, problems } = await scored('a.csv', '2026-01-05,1\nbroken\n2026-01-06,x\n2026-01-07,2\n', (_at, value) => seen.push(value))
    expect(text.split('\n')).toEqual(['timestamp,value,anomaly_score', '2026-01-05,1,1', 'broken,,0', '2026-01-06,x,0', '2026-01-07,2,2', ''])
    expect([rows, seen, problems.length]).toEqual([4, [1, 2], 2])
  })

  it('is JSON where it was JSON, over many pieces too', async () => {
    const points = Array.from({ length: 5_000 }, (_, index) => ({ timestamp: new Date(index * 60_000).toISOString(), value: index % 3 === 0 ? null : index % 100 }))
    const expected = points.map(({ timestamp, value }) => ({ timestamp, value, anomaly_score: (value ?? 0) / 100 }))
    expect(JSON.parse((await scored('a.json', JSON.stringify(points), byValue)).text)).toEqual(expected)
    const lines = await scored('a.jsonl', points.map((point) => JSON.stringify(point)).join('\n'), byValue)
    expect(lines.text.trimEnd().split('\n').map((line): unknown => JSON.parse(line))).toEqual(expected)
  })

  it('is there though no row is', async () => {
    expect((await scored('a.csv', 'timestamp,value\n', byValue)).text).toBe('timestamp,value,anomaly_score\n')
    expect(JSON.parse((await scored('a.json', '[]', byValue)).text)).toEqual([])
    expect((await scored('a.jsonl', '', byValue)).text).toBe('')
  })

  it('cannot be written where a file stands in its way', async () => {
    await writeFile(join(folder, 'out'), '')
    await expect(scored('a.csv', '', byValue)).rejects.toMatchObject({ code: 'E208' })
  })

  it('stops when it is told to', async () => {
    await writeFile(join(folder, 'a.csv'), '0,1\n')
    await expect(scoreFile(join(folder, 'a.csv'), join(folder, 'b.csv'), { scorer: byValue, shown: 'a.csv', onProblem: () => {}, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })
})
