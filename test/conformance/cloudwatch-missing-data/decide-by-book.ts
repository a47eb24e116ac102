import type { MissingMode, Occurrences } from '../../../packages/core/src/model/occurrences.ts'

/**
 * What a full window of `0`, `c` and `-` says, written down from the rules rule by rule, with nothing saved and nothing shared with the
 * engine.
 */
export function decideByBook(slots: string, { hot: m, of: n }: Occurrences, mode: MissingMode): 'hot' | 'cold' | 'keep' | 'noData' {
  const points = slots.split('').map((letter, index) => ({ letter, age: slots.length - index }))
  const real = points.filter(({ letter }) => letter !== '-')

  // 1. Enough points: the newest N of them, and nothing else.
  if (real.length >= n) return real.slice(real.length - n).filter(({ letter }) => letter === 'c').length >= m ? 'hot' : 'cold'

  // 2. None at all.
  if (real.length === 0) return ({ missing: 'noData', ignore: 'keep', breaching: 'hot', notBreaching: 'cold' } as const)[mode]

  // 3. Some, but too few.
  const x = real.filter(({ letter }) => letter === 'c').length
  if (mode === 'breaching') return x + (n - real.length) >= m ? 'hot' : 'cold'
  if (mode === 'notBreaching') return x >= m ? 'hot' : 'cold'
  if (x >= m) return 'hot'
  if (real.some(({ letter }) => letter === '0')) return 'cold'
  if (Math.max(...real.map(({ age }) => age)) >= m) return mode === 'missing' ? 'hot' : 'keep'
  return 'keep'
}
