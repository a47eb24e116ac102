import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Decision, decide } from '../../../packages/core/src/routing/decide.ts'
import { SHIFTS } from '../mutations.ts'

const MINUTE = 60_000
const NOW = Date.UTC(2026, 2, 1, 12)
const alerts = z.array(z.int())
const reason = z.enum(['first', 'new', 'allResolved', 'someResolved', 'repeat', 'nothing'])
const flush = {
  entry: z.strictObject({ firing: alerts, resolved: alerts, minutesAgo: z.number().nullable() }).nullable(),
  repeatMinutes: z.number().default(0),
  firing: alerts,
  resolved: alerts,
  sendResolved: z.boolean().default(false),
}
const json = (name: string): unknown => JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'))
const { differences } = z.looseObject({ differences: z.array(z.strictObject({ test: z.string(), what: z.string(), why: z.string(), ...flush, theirs: reason, ours: reason })) }).parse(json('differences'))
const { subsets, needsUpdate } = z
  .looseObject({
    subsets: z.array(z.strictObject({ test: z.string(), firing: alerts.default([]), resolved: alerts.default([]), cases: z.array(z.strictObject({ subset: alerts, expected: z.boolean() })) })),
    needsUpdate: z.strictObject({
      test: z.string(),
      cases: z.array(z.strictObject({ name: z.string(), ...flush, reason })),
    }),
  })
  .parse(json('cases'))

interface Flush {
  readonly entry: { readonly firing: readonly number[]; readonly resolved: readonly number[]; readonly at: number } | null
  readonly firing: readonly number[]
  readonly resolved: readonly number[]
  readonly repeatInterval: number
  readonly sendResolved: boolean
  readonly now: number
}

function flushOf({ entry, repeatMinutes, ...rest }: z.output<z.ZodObject<typeof flush>>): Flush {
  const at = entry?.minutesAgo === null ? 0 : NOW - (entry?.minutesAgo ?? 0) * MINUTE
  return { ...rest, entry: entry && { ...entry, at }, repeatInterval: repeatMinutes * MINUTE, now: NOW }
}

const plain = (alert: number): string => `${alert}`

/**
 * What is decided at a flush, with Alertmanager's rule for repeats or with ours.
 *
 * @param muted how many fire besides and may not be told.
 */
function decided({ entry, firing, resolved, ...rest }: Flush, repeatLate: boolean, name = plain, muted = 0): Decision {
  const names = firing.map(name)
  const told = { level: 'critical', episodeId: 'e', fires: 1 } as const
  return decide({
    ...rest,
    entry: entry === null ? undefined : { firing: Object.fromEntries(entry.firing.map((alert) => [name(alert), told])), resolved: entry.resolved.map(name), at: entry.at },
    firing: new Map(names.map((alert) => [alert, 'critical'])),
    firingInAll: names.length + muted,
    resolved: new Set(resolved.map(name)),
    repeatLate,
  })
}

/** The same decision with other fingerprints, the other way around, at other times and with either rule for repeats. */
function decidedAlways(one: Flush): Decision {
  const decision = decided(one, false)
  for (const shift of SHIFTS) {
    const later = { ...one, now: one.now + shift, entry: one.entry && { ...one.entry, at: one.entry.at + shift } }
    const backwards = { ...later, firing: later.firing.toReversed(), resolved: later.resolved.toReversed() }
    for (const late of [false, true]) expect(decided(backwards, late, (alert) => `renamed-${alert * 7}`)).toBe(decision)
  }
  return decision
}

describe('Alertmanager, what the log of notifications says', () => {
  it('has all of its cases', () => {
    expect([...subsets.map(({ cases }) => cases.length), needsUpdate.cases.length]).toEqual([10, 10, 11])
  })

  describe.each(subsets)('$test', ({ firing, resolved, cases }) => {
    const entry = { firing, resolved, at: NOW }

    it.each(cases)('$subset is a subset: $expected', ({ subset, expected }) => {
      const isFiring = firing.length > 0
      // What was told as firing is news when it ends, so one that fires on is needed to ask about ends.
      const asked: Flush = isFiring
        ? { entry, firing: subset, resolved: [], repeatInterval: Infinity, sendResolved: true, now: NOW }
        : { entry: { ...entry, firing: [0] }, firing: [0], resolved: subset, repeatInterval: Infinity, sendResolved: true, now: NOW }
      const decision = decidedAlways(asked)
      expect(decision === (isFiring ? 'new' : 'someResolved')).toBe(!expected)
      // All that goes on is muted.
      if (!isFiring) expect(decided({ ...asked, firing: [] }, false, plain, 1)).toBe(decision)
      expect(decision).toBe(!expected ? (isFiring ? 'new' : 'someResolved') : isFiring && subset.length === 0 ? 'allResolved' : 'nothing')
    })
  })

  describe(needsUpdate.test, () => {
    it.each(needsUpdate.cases)('$name: $reason', (one) => {
      expect(decidedAlways(flushOf(one))).toBe(one.reason)
    })
  })
})

describe('on purpose not as Alertmanager', () => {
  it.each(differences.map((one) => [one.what, one] as const))('%s', (_what, one) => {
    expect(decided(flushOf(one), false)).toBe(one.ours)
    expect(decided(flushOf(one), true)).toBe(one.theirs)
    expect(one.ours).not.toBe(one.theirs)
  })
})
