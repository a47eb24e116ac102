import { describe, expect, it } from 'vitest'
import { compileInhibitRules, type InhibitCandidate, type InhibitRule } from '../../../packages/core/src/routing/inhibit.ts'
import { rename } from '../mutations.ts'
import data from './cases.json' with { type: 'json' }
import known from './differences.json' with { type: 'json' }

type Labels = Readonly<Record<string, string>>
interface Alert {
  readonly labels: Labels
  readonly active: boolean
}
interface Case {
  readonly test: string
  readonly name: string
  readonly level?: string
  readonly equal?: readonly string[]
  readonly rules?: readonly InhibitRule[]
  readonly alerts: readonly Alert[]
  readonly expect: readonly { readonly target: Labels; readonly inhibited: boolean; readonly source?: Labels }[]
}

const { cases } = data as unknown as { readonly cases: readonly Case[] }
const { differences } = known as unknown as {
  readonly differences: readonly { readonly what: string; readonly rules: readonly InhibitRule[]; readonly alerts: readonly Alert[]; readonly target: Labels; readonly theirs: boolean; readonly ours: boolean }[]
}

const idOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
const role = (value: string) => [{ name: 'role', type: '=' as const, value }]

/** What inhibits a set of labels that is itself no alert. */
function inhibitionOf(rules: readonly InhibitRule[], alerts: readonly Alert[], target: Labels) {
  const latest = new Map(alerts.map((alert) => [idOf(alert.labels), alert]))
  const sources = [...latest].map(([fingerprint, { labels, active }]): InhibitCandidate => ({ fingerprint, labels, phase: active ? 'firing' : 'inactive', level: active ? 'warning' : 'none' }))
  const { inhibited } = compileInhibitRules(rules)([...sources, { fingerprint: 'target', labels: target, phase: 'inactive', level: 'warning' }], {}, 0)
  return inhibited.get('target')
}

function run({ level, equal = [], rules = [], alerts }: Case, target: Labels) {
  const matching = (all: readonly InhibitRule[]) => all.map((rule): InhibitRule => ({ ...rule, equalMissing: 'match' }))
  if (level !== 'lookup') return inhibitionOf(matching(rules), alerts, target)
  const sources = alerts.map((alert) => ({ ...alert, labels: { ...alert.labels, role: 'source' } }))
  return inhibitionOf(matching([{ name: 'lookup', source: role('source'), target: role('target'), equal }]), sources, { ...target, role: 'target' })
}

function expectVerdicts(one: Case): void {
  for (const { target, inhibited, source } of one.expect) {
    const verdict = run(one, target)
    expect(verdict !== undefined, JSON.stringify(target)).toBe(inhibited)
    if (source !== undefined) expect(verdict?.sources).toEqual([idOf(source)])
  }
}

describe('Alertmanager, inhibit_test.go', () => {
  it('has all of its cases', () => {
    expect(cases).toHaveLength(34)
  })

  it.each(cases.map((one) => [`${one.test}: ${one.name}`, one] as const))('%s', (_name, one) => expectVerdicts(one))

  it.each(cases.map((one) => [`${one.test}: ${one.name}`, one] as const))('%s, with other labels', (_name, one) => {
    const { alerts, expect: expected, rules, equal } = one
    const names = [...alerts.map(({ labels }) => labels), ...expected.map(({ target }) => target)].flatMap((labels) => Object.keys(labels))
    const other = JSON.parse(rename(JSON.stringify({ alerts, expect: expected, rules, equal }), names)) as Case
    expect(other).not.toEqual({ alerts, expect: expected, rules, equal })
    expectVerdicts({ ...one, ...other })
  })
})

describe('on purpose not as Alertmanager', () => {
  it.each(differences.map((one) => [one.what, one] as const))('%s', (_what, { rules, alerts, target, theirs, ours }) => {
    expect(inhibitionOf(rules, alerts, target) !== undefined).toBe(ours)
    const compatible = rules.map((rule): InhibitRule => ({ ...rule, equalMissing: 'match' }))
    expect(inhibitionOf(compatible, alerts, target) !== undefined).toBe(theirs)
    expect(ours).not.toBe(theirs)
  })
})
