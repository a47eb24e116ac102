import { describe, expect, it } from 'vitest'
import type { Level } from '../model/level.ts'
import { acknowledge, type AcknowledgeRequest, unacknowledge } from './acknowledge.ts'
import { type AttendedAlert, type Attention, type Delivery, reviewAttention, stoppedBy } from './attention.ts'
import { escalationEvents } from './attention-events.ts'
import { MAX_SNOOZE, snooze, type SnoozeRequest, unsnooze } from './snooze.ts'

const alert = (level: Level, over: Partial<AttendedAlert> = {}): AttendedAlert => ({ phase: level === 'none' ? 'inactive' : 'firing', level, episodeId: 'e1', ...over })
const amber = alert('warning')
const red = alert('critical')
const gone = alert('none')
const acked = (request: Partial<AcknowledgeRequest> = {}, on = amber): Attention => acknowledge(undefined, on, { by: 'ann', ...request }, 100).attention
const snoozed = (request: Partial<SnoozeRequest> = {}, on = amber): Attention => snooze(undefined, on, { by: 'ann', until: 200, ...request }, 100).attention
const DELIVERIES: readonly Delivery[] = ['notice', 'repeat', 'step', 'resolve']
const stopped = (attention: Attention | undefined) => DELIVERIES.filter((delivery) => stoppedBy(attention, delivery) !== undefined)

describe('an acknowledgement', () => {
  it('stops repeats and steps, not news and not the end', () => {
    expect(stopped(acked())).toEqual(['repeat', 'step'])
    expect(stoppedBy(acked(), 'step')).toBe('acknowledged')
    expect(stopped(undefined)).toEqual([])
  })

  it('keeps who, when, why and until', () => {
    expect(acked({ comment: 'on it', until: 500, sticky: true }).ack).toEqual({ by: 'ann', at: 100, sticky: true, until: 500, comment: 'on it' })
  })

  it('of an inactive alert is an error', () => {
    expect(() => acknowledge(undefined, gone, { by: 'ann' }, 0)).toThrow('there is nothing to acknowledge')
    expect(() => acknowledge(undefined, gone, { by: 'ann' }, 0)).toThrow(expect.objectContaining({ code: 'E602' }))
  })

  it.each([100, 99, NaN])('that ends at %s, when it is 100, is an error', (until) => {
    expect(() => acknowledge(undefined, amber, { by: 'ann', until }, 100)).toThrow('cannot end before it begins')
  })

  it('made twice keeps the first owner', () => {
    const first = acked({ comment: 'mine', until: 500 })
    const second = acknowledge(first, amber, { by: 'bob', sticky: true, until: 900 }, 150)
    expect(second).toEqual({ attention: first, outcome: 'alreadyAcknowledged', ack: first.ack, ended: [] })
  })

  it('made after the first has expired is a new one', () => {
    const second = acknowledge(acked({ until: 500 }), amber, { by: 'bob' }, 500)
    expect(second).toMatchObject({ outcome: 'acknowledged', ack: { by: 'bob' }, ended: [{ what: 'ack', reason: 'expired' }] })
  })

  it.each([
    ['the end', gone, 'resolved'],
    ['a new episode', alert('warning', { episodeId: 'e2' }), 'newEpisode'],
    ['a rise of the level', red, 'levelRose'],
  ] as const)('is cleared by %s', (_what, now, reason) => {
    expect(reviewAttention(acked(), now, 150)).toEqual({ ended: [{ what: 'ack', reason }] })
  })

  it('survives a rise when it is sticky, and nothing else', () => {
    expect(reviewAttention(acked({ sticky: true }), red, 150).attention?.ack?.by).toBe('ann')
    expect(reviewAttention(acked({ sticky: true }), gone, 150).attention).toBeUndefined()
    expect(reviewAttention(acked({ sticky: true }), alert('critical', { episodeId: 'e2' }), 150).attention).toBeUndefined()
    expect(reviewAttention(acked({ sticky: true, until: 120 }), amber, 120).attention).toBeUndefined()
  })

  it('survives recovering and a fall of the level, and is cleared by the next rise', () => {
    const recovering = reviewAttention(acked({}, red), alert('critical', { phase: 'recovering' }), 110).attention
    const fallen = reviewAttention(recovering, amber, 120).attention
    expect(fallen).toMatchObject({ level: 'warning', ack: { by: 'ann' } })
    expect(reviewAttention(fallen, red, 130).ended).toEqual([{ what: 'ack', reason: 'levelRose' }])
  })

  it('expires at its time, and says when that is', () => {
    const before = reviewAttention(acked({ until: 500 }), amber, 499)
    expect(before).toMatchObject({ ended: [], nextAt: 500, attention: { ack: { by: 'ann' } } })
    expect(reviewAttention(before.attention, amber, 500)).toEqual({ ended: [{ what: 'ack', reason: 'expired' }] })
  })

  it('can be taken back', () => {
    expect(unacknowledge(acked(), amber, 150)).toEqual({ ended: [{ what: 'ack', reason: 'unacknowledged' }] })
    expect(unacknowledge(undefined, amber, 150)).toEqual({ ended: [] })
    expect(unacknowledge(acked({ until: 120 }), amber, 150).ended).toEqual([{ what: 'ack', reason: 'expired' }])
  })

  it('of a pending alert ends when it fires, unless it is sticky', () => {
    const pending = alert('none', { phase: 'pending' })
    expect(reviewAttention(acked({}, pending), amber, 150).ended).toEqual([{ what: 'ack', reason: 'levelRose' }])
    expect(reviewAttention(acked({ sticky: true }, pending), amber, 150).ended).toEqual([])
  })
})

describe('a snooze', () => {
  it('stops all but the end', () => {
    expect(stopped(snoozed())).toEqual(['notice', 'repeat', 'step'])
    expect(stoppedBy(snoozed(), 'notice')).toBe('snoozed')
  })

  it.each([
    ['an inactive alert', gone, { until: 200 }, 'nothing to snooze'],
    ['a critical alert', red, { until: 200 }, 'not snoozed by default'],
    ['the past', amber, { until: 100 }, 'within the next 7 days'],
    ['more than 7 days', amber, { until: 100 + MAX_SNOOZE + 1 }, 'within the next 7 days'],
    ['for ever', amber, { until: Infinity }, 'within the next 7 days'],
    ['no time at all', amber, { until: NaN }, 'within the next 7 days'],
  ] as const)('of %s is an error', (_what, on, request, message) => {
    expect(() => snooze(undefined, on, { by: 'ann', ...request }, 100)).toThrow(message)
  })

  it('of just 7 days is none', () => {
    expect(snoozed({ until: 100 + MAX_SNOOZE }).snooze?.until).toBe(604_800_100)
  })

  it('is broken by critical, unless it is meant for that too', () => {
    expect(reviewAttention(snoozed(), red, 150)).toEqual({ ended: [{ what: 'snooze', reason: 'critical' }] })
    expect(reviewAttention(snoozed({ evenCritical: true }), red, 150)).toMatchObject({ ended: [], attention: { level: 'critical', snooze: { by: 'ann' } } })
    expect(snoozed({ evenCritical: true }, red).snooze?.evenCritical).toBe(true)
  })

  it('ends with the episode', () => {
    expect(reviewAttention(snoozed(), gone, 150)).toEqual({ ended: [{ what: 'snooze', reason: 'resolved' }] })
    expect(reviewAttention(snoozed(), alert('warning', { episodeId: 'e2' }), 150)).toEqual({ ended: [{ what: 'snooze', reason: 'newEpisode' }] })
  })

  it('ends at its time, and with it any acknowledgement, sticky or not', () => {
    const both = snooze(acked({ sticky: true }), amber, { by: 'bob', until: 200 }, 100).attention
    expect(both).toMatchObject({ ack: { by: 'ann' }, snooze: { by: 'bob' } })
    expect(reviewAttention(both, amber, 199)).toMatchObject({ ended: [], nextAt: 200 })
    expect(reviewAttention(both, amber, 200)).toEqual({ ended: [{ what: 'ack', reason: 'snoozeEnded' }, { what: 'snooze', reason: 'elapsed' }] })
  })

  it('is replaced by the next one', () => {
    expect(snooze(snoozed(), amber, { by: 'bob', until: 150 }, 110).attention.snooze).toEqual({ by: 'bob', at: 110, until: 150, evenCritical: false })
  })

  it('is cancelled by an acknowledgement, also by a second one', () => {
    expect(acknowledge(snoozed(), amber, { by: 'bob' }, 150)).toMatchObject({ outcome: 'acknowledged', ended: [{ what: 'snooze', reason: 'acknowledged' }] })
    expect(acknowledge(snoozed(), amber, { by: 'bob' }, 150).attention.snooze).toBeUndefined()
    const both = snooze(acked(), amber, { by: 'bob', until: 200 }, 100).attention
    expect(acknowledge(both, amber, { by: 'eve' }, 150)).toMatchObject({ outcome: 'alreadyAcknowledged', ack: { by: 'ann' }, attention: { ack: { by: 'ann' } }, ended: [{ what: 'snooze' }] })
    expect(acknowledge(both, amber, { by: 'eve' }, 150).attention.snooze).toBeUndefined()
  })

  it('can be ended before its time', () => {
    const both = snooze(acked(), amber, { by: 'bob', until: 200 }, 100).attention
    expect(unsnooze(both, amber, 150)).toEqual({ ended: [{ what: 'ack', reason: 'snoozeEnded' }, { what: 'snooze', reason: 'unsnoozed' }] })
    expect(unsnooze(acked(), amber, 150)).toMatchObject({ ended: [], attention: { ack: { by: 'ann' } } })
  })
})

it('is plain JSON', () => {
  const both = snooze(acked({ comment: 'x' }), amber, { by: 'bob', until: 200 }, 100).attention
  expect(JSON.parse(JSON.stringify(both))).toEqual(both)
})

it('tells an escalation what ended, and leaves out what the alert tells it', () => {
  const of = (...ended: Parameters<typeof escalationEvents>[0]) => escalationEvents(ended)
  expect(of({ what: 'ack', reason: 'expired' })).toEqual([{ type: 'acknowledgementExpired' }])
  expect(of({ what: 'ack', reason: 'unacknowledged' })).toEqual([{ type: 'unacknowledged' }])
  expect(of({ what: 'snooze', reason: 'elapsed' }, { what: 'snooze', reason: 'unsnoozed' })).toEqual([{ type: 'snoozeEnded' }, { type: 'snoozeEnded' }])
  expect(of({ what: 'snooze', reason: 'critical' }, { what: 'snooze', reason: 'acknowledged' })).toEqual([{ type: 'released', by: 'snoozed' }, { type: 'released', by: 'snoozed' }])
  expect(of({ what: 'ack', reason: 'levelRose' }, { what: 'snooze', reason: 'resolved' }, { what: 'ack', reason: 'newEpisode' })).toEqual([])
})
