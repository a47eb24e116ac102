import type { Transition } from '@tocsin/core'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { aCycle, anAlert, anObservation, NOON } from '../testing/builders.ts'
import { widthOf } from '../text/columns.ts'
import { unpainted } from '../text/paint.ts'
import { changeLine } from './change-line.ts'
import { cycleJson } from './cycle-json.ts'
import { cycleRows } from './cycle-rows.ts'
import { countLine, cycleTable } from './cycle-table.ts'
import { liveFrame, type LiveState } from './live-frame.ts'
import { newsReader } from './news.ts'

const mixed = aCycle({
  observations: [
    anObservation('calm'),
    anObservation('blind', { value: NaN, at: NaN, health: 'noData' }),
    anObservation('rising', { value: 82, phase: 'pending' }),
    anObservation('amber', { value: 65, level: 'warning', phase: 'firing' }),
    anObservation('\u001B[31mred\nhot', { value: 91, level: 'critical', phase: 'firing' }),
  ],
  alerts: [anAlert('\u001B[31mred\nhot', 'critical'), anAlert('amber', 'warning', { phase: 'recovering', reason: '> 60%' }), anAlert('unread', 'critical', { health: 'error' })],
})

it('shows the worst first, alerts whose source failed among them', () => {
  expect(cycleTable(cycleRows(mixed), { now: NOON })).toEqual([
    'STATE    RESOURCE  METRIC    VALUE  SINCE  WHY                       PLACE',
    'RED      unread    cpu         91%    10m  > 80%, source unreadable  prod us-west-2',
    'RED      red hot   cpu         91%    10m  > 80%                     prod us-west-2',
    'AMBER    amber     cpu         65%    10m  > 60%                     prod us-west-2',
    'PENDING  rising    cpu         82%                                   prod us-west-2',
    'NO DATA  blind     cpu     no data         no data                   prod us-west-2',
    'OK       calm      cpu         42%                                   prod us-west-2',
  ])
  expect(countLine(cycleRows(mixed))).toBe('6 watched · 2 red · 1 amber · 1 without data')
})

const transition = (over: Partial<Transition>): Transition => ({ fingerprint: 'abcdef0123456789', monitor: 'main', at: NOON, kind: 'fired', from: 'none', to: 'critical', value: 91, code: 'enoughHot', reason: '> 80%', ...over })

it.each([
  [{}, 'RED web-3 cpu 91% (> 80%) · prod us-west-2'],
  [{ kind: 'escalated', from: 'warning' }, 'RED web-3 cpu 91% (> 80%) · was AMBER · prod us-west-2'],
  [{ kind: 'deescalated', from: 'critical', to: 'warning', value: 65, reason: '> 60%' }, 'AMBER web-3 cpu 65% (> 60%) · was RED · prod us-west-2'],
  [{ kind: 'resolved', from: 'critical', to: 'none', value: 40, reason: '' }, 'OK web-3 cpu 40% · was RED · prod us-west-2'],
  [{ kind: 'noData', from: 'critical' }, 'NO DATA web-3 cpu · still RED · prod us-west-2'],
  [{ kind: 'dataBack' }, 'DATA BACK web-3 cpu 91% · prod us-west-2'],
  [{ kind: 'pending' }, undefined],
  [{ kind: 'recovering' }, undefined],
] as const)('tells the change %j as %s', (over, line) => {
  expect(changeLine(transition(over), anAlert('web-3', 'critical').subject)).toBe(line)
})

it('names an alert by its id when nothing else is known of it', () => {
  expect(changeLine(transition({}), undefined)).toBe('RED alert abcdef01 91 (> 80%)')
})

it('names the end of an alert that only the last pass or the state file knew', () => {
  const alert = anAlert('web-3', 'critical')
  const end = aCycle({ transitions: [transition({ fingerprint: alert.subject.fingerprint, kind: 'resolved', from: 'critical', to: 'none', value: 40, reason: '' })] })
  expect(newsReader([alert], false)(end).changes).toEqual(['OK web-3 cpu 40% · was RED · prod us-west-2'])
  const read = newsReader([], false)
  read(aCycle({ alerts: [alert] }))
  expect(read(end).changes).toEqual(['OK web-3 cpu 40% · was RED · prod us-west-2'])
  expect(read(end).changes).toEqual(['OK alert web-3-00 40 · was RED'])
})

it('gives JSON without NaN or infinity', () => {
  const json: unknown = JSON.parse(JSON.stringify(cycleJson(aCycle({ observations: [anObservation('blind', { value: NaN, at: NaN }), anObservation('dead', { value: Infinity, unit: 'seconds' })] }), false)))
  expect(z.object({ at: z.string(), observations: z.array(z.object({ at: z.iso.datetime().nullable(), value: z.number().nullable(), text: z.string() })) }).parse(json)).toEqual({
    at: '2026-01-05T12:00:00.000Z',
    observations: [
      { at: null, value: null, text: 'no data' },
      { at: '2026-01-05T12:00:00.000Z', value: null, text: 'no answer' },
    ],
  })
})

const live = (over: Partial<LiveState> = {}): LiveState => ({ name: 'main', detail: 'every 5s', rows: cycleRows(mixed), now: NOON, trend: () => '▁█', messages: ['one', 'two'], footer: 'Ctrl-C stops', ...over })

it('draws title, table, messages and footer', () => {
  expect(liveFrame(live(), { width: 100, height: 20 }, unpainted)).toEqual([
    'main · 6 watched · 2 red · 1 amber · 1 without data · every 5s',
    '',
    'STATE    RESOURCE  METRIC    VALUE  SINCE  WHY                       TREND  PLACE',
    expect.stringMatching(/^RED      unread /),
    expect.stringMatching(/^RED      red hot /),
    expect.stringMatching(/^AMBER    amber .* ▁█ /),
    expect.stringMatching(/^PENDING /),
    expect.stringMatching(/^NO DATA /),
    expect.stringMatching(/^OK /),
    '',
    'one',
    'two',
    'Ctrl-C stops',
  ])
})

it('keeps the worst when there is little room, and counts the rest', () => {
  const many = Array.from({ length: 100 }, (_, index) => anObservation(`calm-${index}`))
  const frame = liveFrame(live({ rows: cycleRows({ ...mixed, observations: [...many, ...mixed.observations] }), messages: Array.from({ length: 50 }, (_, index) => `message ${index}`) }), { width: 80, height: 12 }, unpainted)
  expect(frame).toEqual([
    expect.stringContaining('106 watched'),
    '',
    expect.stringMatching(/^STATE/),
    expect.stringMatching(/^RED    unread .* source unr…/),
    expect.stringMatching(/^RED    red hot /),
    'and 104 more',
    '',
    'message 46',
    'message 47',
    'message 48',
    'message 49',
    'Ctrl-C stops',
  ])
})

it.each([[1, 1], [5, 2], [8, 3], [20, 6], [37, 9], [60, 14], [200, 60]])('never exceeds %i columns and %i rows', (width, height) => {
  const frame = liveFrame(live({ messages: ['a message that is much longer than any narrow terminal could ever show in one line of its own', '日本語'.repeat(20)] }), { width, height }, unpainted)
  expect(frame.length).toBeLessThanOrEqual(height)
  // The table keeps its fixed columns: on a screen too narrow for them the terminal cuts the line.
  if (width >= 60) for (const line of frame) expect(widthOf(line)).toBeLessThanOrEqual(width)
})

it('waits for the first pass', () => {
  expect(liveFrame(live({ rows: [], now: undefined, messages: [] }), { width: 40, height: 10 }, unpainted)).toEqual(['main · every 5s', '', 'first pass under way', '', 'Ctrl-C stops'])
})
