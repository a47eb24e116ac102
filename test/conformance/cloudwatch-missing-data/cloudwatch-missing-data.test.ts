import { describe, expect, it } from 'vitest'
import { type AlertEvent, type AlertPolicy, newAlert, reduceAlert } from '../../../packages/core/src/alerting/reducer.ts'
import { decideWindow, type Verdict } from '../../../packages/core/src/alerting/window.ts'
import { defaultRange, MISSING_MODES, type MissingMode, type Occurrences } from '../../../packages/core/src/model/occurrences.ts'
import { SHIFTS } from '../mutations.ts'
import data from './cases.json' with { type: 'json' }
import known from './differences.json' with { type: 'json' }
import { decideByBook } from './decide-by-book.ts'

const VERDICTS: Readonly<Record<string, Verdict>> = { OK: 'cold', ALARM: 'hot', RETAIN: 'keep', INSUFFICIENT_DATA: 'noData' }
const MINUTE = 60_000

interface Cell {
  readonly hot: number
  readonly points: string
  readonly mode: MissingMode
  readonly expected: string
}
const cells: Cell[] = data.tables.flatMap(({ hot, rows }) => rows.flatMap((row) => MISSING_MODES.map((mode) => ({ hot, points: row.points, mode, expected: row[mode] }))))
const differences = known.differences.map(({ hot, points, mode, ours, theirs }) => ({ hot, points, mode: mode as MissingMode, expected: ours, theirs }))
const written = (points: string): string => points.replaceAll(' ', '').replaceAll('X', 'c')

function decide({ hot, points, mode }: Omit<Cell, 'expected'>) {
  return decideWindow(written(points), 'critical', { hot, of: data.of, range: data.range }, mode).verdict
}

/** The state of an alarm after the points came one a minute, when it was in ALARM or OK before for longer than the range is. */
function replay({ hot, points, mode }: Omit<Cell, 'expected'>, before: 'X' | '0', start = 0): string {
  const none = { for: 0, keepFiringFor: 0 }
  const policy: AlertPolicy = { levels: ['critical'], warning: none, critical: none, worse: 'high', staleAfter: 2, occurrences: { hot, of: data.of, range: data.range }, missing: mode }
  let state = newAlert
  const letters = before.repeat(data.range) + points.replaceAll(' ', '')
  letters.split('').forEach((letter, minute) => {
    const at = start + minute * MINUTE
    const event: AlertEvent = letter === '-' ? { type: 'missing', at, period: MINUTE } : { type: 'judged', judgement: { at, value: 0, breaches: letter === 'X' ? 'critical' : 'none', reason: letter }, period: MINUTE }
    state = reduceAlert(state, event, policy, 'f').state
  })
  return state.health === 'noData' ? 'INSUFFICIENT_DATA' : state.level === 'none' ? 'OK' : 'ALARM'
}

describe('the published tables', () => {
  it('are ten rows of four cells', () => {
    expect(cells).toHaveLength(40)
    expect(defaultRange(data.of)).toBe(data.range)
  })

  it.each(cells)('$hot of 3, $points, $mode: $expected', (cell) => {
    expect(decide(cell)).toBe(VERDICTS[cell.expected])
    for (const start of SHIFTS) for (const [before, state] of [['X', 'ALARM'], ['0', 'OK']] as const) expect(replay(cell, before, start)).toBe(cell.expected === 'RETAIN' ? state : cell.expected)
  })

  it.each(data.prose)('$hot of 3, $points does not go to ALARM', ({ hot, points, mode }) => {
    expect(replay({ hot, points, mode: mode as MissingMode }, '0')).toBe('OK')
    expect(decide({ hot, points, mode: mode as MissingMode })).not.toBe('hot')
  })
})

it.each(differences)('differs on purpose: $hot of 3, $points, $mode', (cell) => {
  expect(decide(cell)).toBe(VERDICTS[cell.expected])
  expect(cell.theirs).not.toBe(cell.expected)
})

/** Every text of `length` letters. */
function* texts(letters: string, length: number): Generator<string> {
  if (length === 0) yield ''
  else for (const head of letters) for (const tail of texts(letters, length - 1)) yield head + tail
}
function* windows(): Generator<Occurrences> {
  for (let range = 1; range <= 8; range++) for (let of = 1; of <= Math.min(5, range); of++) for (let hot = 1; hot <= of; hot++) yield { hot, of, range }
}

describe('what no table lists', () => {
  it('is as the rules say, for every M and N up to 5, every range up to 8, every window and every mode', () => {
    let count = 0
    const wrong: unknown[] = []
    for (const occurrences of windows()) {
      for (const slots of texts('0c-', occurrences.range)) {
        for (const mode of MISSING_MODES) {
          count++
          const { verdict } = decideWindow(slots, 'critical', occurrences, mode)
          const expected = decideByBook(slots, occurrences, mode)
          if (verdict !== expected) wrong.push({ slots, occurrences, mode, verdict, expected })
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
    expect(count).toBe(587_208)
  })

  it('never makes critical hot where warning is not, nor warning cold where critical is not', () => {
    const wrong: unknown[] = []
    for (const occurrences of windows()) {
      if (occurrences.range > 6) continue
      for (const slots of texts('0wc-', occurrences.range)) {
        for (const mode of MISSING_MODES) {
          const [warning, critical] = (['warning', 'critical'] as const).map((severity) => decideWindow(slots, severity, occurrences, mode).verdict)
          if ((critical === 'hot' && warning !== 'hot') || (warning === 'cold' && critical !== 'cold')) wrong.push({ slots, occurrences, mode })
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
  })
})
