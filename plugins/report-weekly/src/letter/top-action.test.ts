import { expect, it } from 'vitest'
import type { Figures } from '../figures.ts'
import { anEmptyWeek, aResource, aRow } from '../testing/figures.ts'
import { topAction } from './top-action.ts'

const red = aRow('web-3', 'cpu', { worst: 'critical', level: 'critical', minutes: { amber: 3, red: 312 } })
const wasRed = aRow('db-1', 'cpu', { worst: 'critical', minutes: { amber: 0, red: 20 } })
const amber = aRow('web-4', 'cpu', { worst: 'warning', level: 'warning', minutes: { amber: 95, red: 0 } })
const wasAmber = aRow('web-5', 'cpu', { worst: 'warning', minutes: { amber: 95, red: 0 } })
const noisy = { rule: 'ec2.cpu', level: 'warning' as const, fired: 31, ignored: 29, suggestion: { from: 60, to: 72, unit: 'percent' as const, fires: 1 } }
const failure = { source: 'ec2 prod', reason: 'access denied', minutes: 185 }
const coverage = (over: Partial<Figures['coverage']>): Figures['coverage'] => ({ watched: 14, expected: 14, silent: [], gaps: [], ...over })
const channel = (delivered: number) => ({ receiver: 'mail', delivered, failed: 4, reason: '550 no such user' })

/** From the most to the least urgent: each entry is what is left when those before it are put right. */
const LADDER: readonly [Partial<Figures>, string][] = [
  [{ rows: [red, wasRed, { ...red, resource: aResource('b') }, amber, wasAmber] }, 'Start with web-3 cpu: red now, 5h 12m in all. 1 more is red now.'],
  [{ channels: [channel(0)] }, 'Repair the channel mail: nothing got through, 4 messages failed (550 no such user).'],
  [{ failures: [failure, { ...failure, source: 'rds prod', minutes: 600 }] }, 'Find out why rds prod could not be read for 10h (access denied).'],
  [{ coverage: coverage({ watched: 11, silent: ['a', 'b', 'c'].map((name) => aResource(name)) }) }, 'Find out why a, b and 1 more sent no data at all.'],
  [{ rows: [wasRed, amber, wasAmber] }, 'Look into db-1 cpu: it was red for 20m, and is green now.'],
  [{ rows: [amber, wasAmber] }, 'Keep an eye on web-4 cpu: amber now, 1h 35m in all.'],
  [{ noise: [noisy] }, 'Quieten ec2.cpu: it fired 31 times and 29 went unanswered; 72% instead of 60% would have fired 1 time.'],
  [{ channels: [channel(12)] }, 'Look at the channel mail: 4 of 16 messages failed (550 no such user).'],
  [{ coverage: coverage({ gaps: [{ resource: aResource('web-9'), metric: 'cpu', coverage: 0.88 }] }) }, 'Find out why web-9 cpu lacks 12% of its points.'],
  [{ rows: [wasAmber] }, 'Nothing is urgent: web-5 cpu was amber for 1h 35m, and is green now.'],
  [{ coverage: coverage({}) }, 'Nothing to do: all 14 resources stayed green.'],
]

it.each(LADDER.map(([figures, sentence], index) => ({ index, figures, sentence })))('$sentence', ({ index, figures, sentence }) => {
  expect(topAction(anEmptyWeek({ coverage: coverage({}), ...figures }))).toBe(sentence)
  const all = LADDER.slice(index).toReversed().reduce<Partial<Figures>>((sum, [one]) => ({ ...sum, ...one, rows: [...(one.rows ?? []), ...(sum.rows ?? [])] }), {})
  expect(topAction(anEmptyWeek({ ...all, coverage: all.coverage ?? coverage({}) }))).toBe(sentence)
})

it('of nothing at all', () => {
  expect(topAction(anEmptyWeek())).toBe('Nothing was watched: no source gave a resource.')
})

it('of what is gone does not say that it is green', () => {
  expect(topAction(anEmptyWeek({ rows: [{ ...wasRed, wentAt: 5 }] }))).toBe('Look into db-1 cpu: it was red for 20m, and is gone now.')
})
