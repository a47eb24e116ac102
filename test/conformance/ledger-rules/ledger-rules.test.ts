import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { newAlert } from '../../../packages/core/src/alerting/reducer.ts'
import type { AlertRecord } from '../../../packages/core/src/model/alert.ts'
import type { GroupEntry } from '../../../packages/core/src/model/group.ts'
import { planNotifications } from '../../../packages/core/src/routing/plan.ts'
import { compileRoutes } from '../../../packages/core/src/routing/route-tree.ts'
import { aSubject } from '../../../packages/core/src/testing/builders.ts'
import { rename, SHIFTS } from '../mutations.ts'

const names = z.array(z.string())
const step = z.strictObject({
  at: z.int(),
  firing: z.record(z.string(), z.int()),
  muted: names.default([]),
  acknowledged: names.default([]),
  told: z.string().nullable(),
  nextAt: z.int().nullable().optional(),
  ledger: z.strictObject({ firing: names, resolved: names }).optional(),
})
const parse = (json: string) => z.looseObject({ cases: z.array(z.strictObject({ name: z.string(), steps: z.array(step) })) }).parse(JSON.parse(json)).cases
const text = readFileSync(new URL('./cases.json', import.meta.url), 'utf8')
const cases = parse(text)

const SECOND = 1_000
const match = compileRoutes({ receivers: ['ops'], groupWait: 30 * SECOND, groupInterval: 300 * SECOND, repeatInterval: 3_600 * SECOND })

/** What is told at each step, and when the group is looked at next. */
function play(steps: readonly z.output<typeof step>[], start: number) {
  let entries: readonly GroupEntry[] = []
  const records = new Map<string, AlertRecord>()
  return steps.map(({ at, firing, muted, acknowledged }) => {
    for (const fingerprint of new Set([...records.keys(), ...Object.keys(firing)])) records.set(fingerprint, recordOf(fingerprint, firing[fingerprint], records.get(fingerprint), start))
    const plan = planNotifications({
      monitor: 'main',
      match,
      sendResolved: { ops: true },
      resolveThroughMute: true,
      timeZone: 'UTC',
      now: start + at * SECOND,
      alerts: records,
      entries,
      watched: () => 0,
      muted: ({ subject }) => (muted.includes(subject.fingerprint) ? { by: 'silence', id: 's' } : undefined),
      acknowledged: (fingerprint) => acknowledged.includes(fingerprint),
    })
    entries = plan.entries.length > 0 ? plan.entries : entries
    const [message] = plan.messages
    const told = message?.notification.alerts.map(({ subject, change }) => `${change === 'resolved' ? '!' : ''}${subject.fingerprint}`)
    return {
      told: message === undefined ? null : [message.notification.reason, ...(told ?? [])].join(' '),
      nextAt: plan.nextAt === Infinity ? null : (plan.nextAt - start) / SECOND,
      ledger: { firing: Object.keys(entries[0]?.firing ?? {}), resolved: entries[0]?.resolved ?? [] },
    }
  })
}

function recordOf(fingerprint: string, since: number | undefined, before: AlertRecord | undefined, start: number): AlertRecord {
  const startedAt = since === undefined ? (before?.state.episode?.startedAt ?? start) : start + since * SECOND
  const episode = { id: `${fingerprint}-${startedAt}`, startedAt, firedAt: startedAt, peak: 1, worstLevel: 'critical', recent: [], fires: 1 } as const
  const level = since === undefined ? 'none' : 'critical'
  return { subject: aSubject({ fingerprint }), state: { ...newAlert, phase: level === 'none' ? 'inactive' : 'firing', level, episode } }
}

function expectSame(steps: readonly z.output<typeof step>[], start: number): void {
  play(steps, start).forEach((found, index) => {
    const { at, told, nextAt = found.nextAt, ledger = found.ledger } = steps[index] ?? expect.fail()
    expect({ at, ...found }).toEqual({ at, told, nextAt, ledger })
  })
}

describe('the ledger', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, { steps }) => expectSame(steps, Date.UTC(2026, 2, 1, 12)))

  const renamed = parse(rename(text, ['a', 'b']))
  it.each(cases.map((one, index) => [one.name, one, renamed[index] ?? one] as const))('on other days, for other alerts: %s', (_name, one, other) => {
    for (const shift of SHIFTS) {
      expectSame(one.steps, Date.UTC(2026, 2, 1, 12) + shift)
      expectSame(other.steps, Date.UTC(2026, 2, 1, 12) + shift)
    }
  })
})
