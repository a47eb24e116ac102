import { describe, expect, it } from 'vitest'
import type { ReportPeriod, ScheduledReport } from '../plugin/report.ts'
import { openReportCalendar } from './report-calendar.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const at = (iso: string): number => Date.parse(iso)
const iso = (time: number): string => new Date(time).toISOString().slice(0, 16)

const lastDay = (due: number): ReportPeriod => ({ from: Math.floor(due / DAY) * DAY - DAY, until: Math.floor(due / DAY) * DAY, name: iso(due) })
const report = (over: Partial<ScheduledReport> = {}): ScheduledReport => ({ use: 'test', to: ['mail'], schedule: '30 2 * * *', problems: [], check: () => [], period: lastDay, soFar: () => undefined, open: () => ({ compose: async () => { throw new Error('not here') } }), ...over })
const calendar = (reports: Readonly<Record<string, ScheduledReport>>, timeZone = 'Europe/Berlin') => openReportCalendar({ name: 'main', reports, timeZone })

/** Looks every ten minutes, as cycles do. Gives when issues were queued, and about what. */
function live(from: string, until: string, reports: Readonly<Record<string, ScheduledReport>>, timeZone?: string): string[] {
  let reported: Readonly<Record<string, number>> | undefined
  const queued: string[] = []
  for (let now = at(from); now <= at(until); now += 600_000) {
    const due = calendar(reports, timeZone).due(reported, now)
    reported = due.reports
    queued.push(...due.rows.map(({ receiver, report: issue }) => `${iso(now)} ${receiver} ${issue?.period.name}`))
  }
  return queued
}

it('sends nothing at its first start, and then each issue once to each receiver', () => {
  const reports = { daily: report({ to: ['mail', 'ops', 'mail'] }) }
  expect(live('2026-08-18T12:00Z', '2026-08-20T12:00Z', reports)).toEqual(['2026-08-19T00:30 mail 2026-08-19T00:30', '2026-08-19T00:30 ops 2026-08-19T00:30', '2026-08-20T00:30 mail 2026-08-20T00:30', '2026-08-20T00:30 ops 2026-08-20T00:30'])
})

describe('when the clocks change', () => {
  it.each([
    ['forward: 02:30 does not exist and comes at 03:00', '2026-03-28T12:00Z', '2026-03-30T12:00Z', ['2026-03-29T01:00', '2026-03-30T00:30']],
    ['back: 02:30 exists twice and comes the first time', '2026-10-24T12:00Z', '2026-10-26T12:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
  ])('%s, exactly once', (_what, from, until, times) => {
    expect(live(from, until, { daily: report() }).map((line) => line.split(' ')[0])).toEqual(times)
  })

  it('reads the schedule in the report\'s own zone', () => {
    expect(live('2026-08-18T12:00Z', '2026-08-19T12:00Z', { daily: report({ timeZone: 'Asia/Kolkata' }) }).map((line) => line.split(' ')[0])).toEqual(['2026-08-18T21:00'])
  })
})

it('catches up the latest issue only, however many were missed', () => {
  const made = calendar({ daily: report(), weekly: report({ schedule: '0 8 * * 1' }) })
  const before = { daily: at('2026-08-01T00:30Z'), weekly: at('2026-08-17T06:00Z') }
  const { rows, reports, nextAt } = made.due(before, at('2026-08-20T12:00Z'))
  expect(rows.map(({ report: issue }) => [issue?.name, issue?.period.name])).toEqual([['daily', '2026-08-20T00:30']])
  expect(reports).toEqual({ daily: at('2026-08-20T00:30Z'), weekly: at('2026-08-17T06:00Z') })
  expect(nextAt).toBe(at('2026-08-21T00:30Z'))
})

it('gives an issue the same id whoever queues it and whenever it fell due, and another for each receiver, report, monitor and period', () => {
  const before = { daily: at('2026-08-19T00:30Z') }
  const ids = (reports: Readonly<Record<string, ScheduledReport>>, now: string) => calendar(reports).due(before, at(now)).rows.map(({ id }) => id)
  const [id] = ids({ daily: report() }, '2026-08-20T00:30Z')
  expect(ids({ daily: report() }, '2026-08-20T05:00Z')).toEqual([id])
  expect(ids({ daily: report({ schedule: '0 5 * * *' }) }, '2026-08-20T05:00Z')).toEqual([id])
  expect(new Set([id, ...ids({ daily: report({ to: ['ops'] }) }, '2026-08-20T05:00Z'), ...ids({ daily: report() }, '2026-08-21T05:00Z')]).size).toBe(3)
})

it('is not misled by a clock that was set back', () => {
  const made = calendar({ daily: report() })
  const { rows, reports } = made.due({ daily: at('2027-08-20T00:30Z') }, at('2026-08-20T00:20Z'))
  expect(rows).toEqual([])
  expect(made.due(reports, at('2026-08-20T00:30Z')).rows.length).toBe(1)
})

it('forgets reports that are no longer configured, and says of a broken one what is wrong without losing its issue', () => {
  const broken = report({ period: () => { throw new TypeError('no period') } })
  const before = { daily: at('2026-08-19T00:30Z'), gone: 5 }
  const { rows, reports, faults } = calendar({ daily: broken }).due(before, at('2026-08-20T12:00Z'))
  expect([rows, reports]).toEqual([[], { daily: before.daily }])
  expect(faults.map(({ name, error }) => [name, error.code, error.message])).toEqual([['daily', 'E702', 'no period']])
})
