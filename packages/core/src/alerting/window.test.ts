import { describe, expect, it } from 'vitest'
import { defaultRange, type MissingMode, type Occurrences } from '../model/occurrences.ts'
import { decideWindow, holdsHot, withMissing, withPoint } from './window.ts'

const of = (hot: number, n: number, range = defaultRange(n)): Occurrences => ({ hot, of: n, range })
const verdict = (slots: string, occurrences: Occurrences, mode: MissingMode = 'missing') => decideWindow(slots, 'critical', occurrences, mode)

describe('the evaluation range', () => {
  it('is N and a third of it, at least two points more', () => {
    expect([1, 2, 3, 5, 6, 8, 9, 12, 30].map(defaultRange)).toEqual([3, 4, 5, 7, 8, 10, 12, 16, 40])
  })

  it('keeps the newest points and the empty slots between them, and no more', () => {
    expect(withPoint('', 0, 'warning', 5)).toBe('w')
    expect(withPoint('0w', 2, 'critical', 5)).toBe('0w--c')
    expect(withPoint('0w0', 2, 'none', 5)).toBe('w0--0')
    expect(withPoint('ccccc', 1_000_000_000, 'none', 5)).toBe('----0')
    expect(withMissing('0w', 4, 5)).toBe('w----')
    expect(withMissing('0wc00', 0, 3)).toBe('c00')
  })

  it('knows what is worth remembering', () => {
    expect(['', '0', '0-0'].map(holdsHot)).toEqual([false, false, false])
    expect(['w', '0c-'].map(holdsHot)).toEqual([true, true])
  })
})

describe('a decision', () => {
  it.each<[slots: string, occurrences: Occurrences, mode: MissingMode, verdict: string, reason: string]>([
    ['00ccc', of(3, 3), 'missing', 'hot', 'enoughHot'],
    ['cc0-c', of(3, 3), 'breaching', 'cold', 'tooFewHot'],
    ['-----', of(3, 3), 'missing', 'noData', 'allMissing'],
    ['-----', of(3, 3), 'ignore', 'keep', 'missingIgnored'],
    ['-----', of(3, 3), 'breaching', 'hot', 'missingBreaches'],
    ['-----', of(3, 3), 'notBreaching', 'cold', 'missingDoesNotBreach'],
    ['---cc', of(2, 3), 'notBreaching', 'hot', 'presentHot'],
    ['---cc', of(3, 3), 'breaching', 'hot', 'missingBreaches'],
    ['---0c', of(3, 3), 'breaching', 'cold', 'tooFewHot'],
    ['---cc', of(3, 3), 'notBreaching', 'cold', 'missingDoesNotBreach'],
    ['--c--', of(3, 3), 'missing', 'hot', 'hotSinceLong'],
    ['--c--', of(3, 3), 'ignore', 'keep', 'missingIgnored'],
    ['---cc', of(3, 3), 'missing', 'keep', 'hotTooYoung'],
    ['---c0', of(3, 3), 'ignore', 'cold', 'tooFewHot'],
  ])('%s %j %s: %s, %s', (slots, occurrences, mode, expected, reason) => {
    expect(verdict(slots, occurrences, mode)).toEqual({ verdict: expected, reason })
  })

  it('takes a point that is hot at critical for hot at warning, and not the other way round', () => {
    expect(decideWindow('wcw', 'warning', of(3, 3), 'missing').verdict).toBe('hot')
    expect(decideWindow('wcw', 'critical', of(3, 3), 'missing').verdict).toBe('cold')
  })

  it('fills nothing up with slots that nobody watched', () => {
    expect(verdict('c', of(3, 3), 'breaching')).toEqual({ verdict: 'cold', reason: 'tooFewHot' })
    expect(verdict('-c', of(3, 3), 'breaching').verdict).toBe('cold')
    expect(verdict('--c', of(3, 3), 'breaching').verdict).toBe('hot')
    for (const mode of ['missing', 'ignore', 'breaching', 'notBreaching'] as const) expect(verdict('--', of(1, 1), mode)).toEqual({ verdict: 'keep', reason: 'rangeNotFull' })
  })

  it('looks no farther back than the range', () => {
    expect(verdict('ccc-----', of(3, 3)).verdict).toBe('noData')
    expect(verdict('c---c', of(2, 2, 4))).toEqual({ verdict: 'keep', reason: 'hotTooYoung' })
  })
})
