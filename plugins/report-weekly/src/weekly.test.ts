import { ConfigError } from '@tocsin/core'
import { reportContract } from '@tocsin/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { DAY, HOUR, machine, measured, openWorld, type World } from './testing/world.ts'
import { weekly } from './weekly.ts'

const AT = Date.parse('2026-03-30T06:00Z')

const worlds: World[] = []
afterEach(async () => {
  for (const { store } of worlds.splice(0)) await store.close()
})

reportContract('weekly', {
  report: () => weekly({ to: ['mail'] }),
  at: AT,
  async saw(names) {
    const world = await openWorld('2026-03-30T06:00Z')
    worlds.push(world)
    const from = weekly({ to: ['mail'] }).period(AT, 'UTC').from
    await world.store.history?.append('main', names.map((name, index) => measured(machine(name), 'cpu', from, from + DAY, (_at, step) => 40 + ((step + index) % 50))))
    for (const name of names) await world.happened(name, [[from + HOUR, 'fired', 'none', 'critical'], [from + 3 * HOUR, 'resolved', 'critical', 'none']])
    return { ...world.context, timeZone: 'UTC' }
  },
})

describe('weekly', () => {
  it.each([
    ['hour', '5 * * * *', '2026-03-30 07:00'],
    ['day', '0 8 * * *', '2026-03-29'],
    ['week', '0 8 * * 1', 'Week 13'],
    ['month', '0 8 1 * *', 'February 2026'],
  ] as const)('falls due once a %s, soon after it', (period, schedule, name) => {
    const report = weekly({ to: ['mail'], period })
    expect([report.problems, report.schedule, report.period(AT, 'Europe/Berlin').name]).toEqual([[], schedule, name])
  })

  it('goes by its own schedule and zone where it has some', () => {
    const report = weekly({ to: ['mail'], period: 'day', schedule: '0 6 * * *', timeZone: 'Asia/Tokyo' })
    expect([report.schedule, report.timeZone, report.period(Date.parse('2026-03-29T16:00Z'), 'UTC').name]).toEqual(['0 6 * * *', 'Asia/Tokyo', '2026-03-29'])
  })

  it('says what is wrong with its options, all at once', () => {
    const problems = (options: object): string[] => weekly({ to: ['mail'], ...options }).problems.map(({ path, error }) => `${path.join('.')} ${String(error)}`)
    expect(problems({ period: 'year', matches: {} })).toEqual([expect.stringContaining('period E103'), expect.stringContaining('E102 unknown key "matches"')])
    expect(problems({ to: [] })).toEqual([expect.stringContaining('to E103')])
    expect(() => weekly({ to: [] }).open()).toThrow(ConfigError)
  })

  it('says before Monday that a folder of templates cannot be read', () => {
    expect(weekly({ to: ['mail'], templates: '/nowhere/at/all' }).check().map(({ code, permanent }) => [code, permanent])).toEqual([['E110', true]])
    expect(weekly({ to: ['mail'] }).check()).toEqual([])
  })

  it('reads the store once for the letter and the numbers behind it', async () => {
    const world = await openWorld('2026-03-30T06:00Z')
    worlds.push(world)
    let reads = 0
    const alerts: typeof world.context.past.alerts = () => ((reads += 1), world.context.past.alerts())
    const context = { ...world.context, past: { ...world.context.past, alerts } }
    const scheduled = weekly({ to: ['mail'] })
    const [report, week, before] = [scheduled.open(), scheduled.period(AT, 'UTC'), scheduled.period(AT - 7 * DAY, 'UTC')]
    await report.compose(week, context)
    expect(await report.figures?.(week, context)).toMatchObject({ period: { name: 'Week 13' } })
    expect(reads).toBe(1)
    expect(await report.figures?.(before, context)).toMatchObject({ period: { name: 'Week 12' } })
    await report.compose(week, { ...context })
    expect(reads).toBe(3)
  })

  it('gives its numbers to programs', async () => {
    const world = await openWorld('2026-03-30T06:00Z')
    worlds.push(world)
    const report = weekly({ to: ['mail'] })
    expect(await report.open().figures?.(report.period(AT, 'UTC'), world.context)).toMatchObject({ monitor: 'main', period: { kind: 'week', name: 'Week 13' }, rows: [] })
  })
})
