import { TocsinError } from '../errors.ts'
import type { Phase } from '../model/alert.ts'
import type { Labels } from '../model/labels.ts'
import type { Level } from '../model/level.ts'
import { compileMatchers, type LabelTest, type Matcher } from './matcher.ts'
import { type HeldBy, stepSuppression, type SuppressionState } from './suppression-timer.ts'

/** Which alerts inhibit, and what they must have in common with their target. */
export interface InhibitSource {
  /** An alert is a source when all of these match. */
  readonly source: readonly Matcher[]
  /** Labels that must have the same value on source and target. Default: none, so any source inhibits every target. */
  readonly equal?: readonly string[]
}

/** While a source fires, its targets are not told. */
export interface InhibitRule extends InhibitSource {
  /** Unique among the rules. Verdicts name it. */
  readonly name: string
  /** An alert is a target when all of these match. */
  readonly target: readonly Matcher[]
  /** Further sources, each with its own `equal`: the rule holds only while there is one of each. Default: none. */
  readonly alsoSources?: readonly InhibitSource[]
  /**
   * What a label of `equal` means that an alert does not have, or has empty. `differ` (the default): the two have nothing in common.
   * `match`: it reads as the empty text, so two alerts without it are equal, as in Alertmanager.
   */
  readonly equalMissing?: 'differ' | 'match'
  /** Milliseconds a target that has just changed waits for its source. Default 0. */
  readonly waitFor?: number
  /** Milliseconds a target is kept back after its source has gone. Default 0. */
  readonly releaseAfter?: number
}

/** What inhibition reads of an alert. `labels` are those that routes match on. */
export interface InhibitCandidate {
  readonly fingerprint: string
  readonly labels: Labels
  readonly phase: Phase
  readonly level: Level
}

/** Why an alert is inhibited. */
export interface Inhibition {
  /** `source`: a source fires. `waitFor`, `releaseAfter`: that period runs, and `sources` is empty. */
  readonly reason: HeldBy
  readonly rule: string
  /** Fingerprint of one source for each source side of the rule: the smallest that counts, so it does not depend on any order. */
  readonly sources: readonly string[]
}

/** Memory of the rules that have a period: by target's fingerprint, then by rule. Plain JSON; targets at rest have none. */
export type InhibitTimers = Readonly<Record<string, Readonly<Record<string, SuppressionState>>>>

export interface InhibitResult {
  /** Inhibited alerts by fingerprint. The first rule that holds an alert back is named. */
  readonly inhibited: ReadonlyMap<string, Inhibition>
  readonly timers: InhibitTimers
  /** When the first period ends. */
  readonly nextAt?: number
}

/** Sources of one side with the same values of `equal`. Two fingerprints answer every question about them. */
interface Bucket {
  smallest: string
  /** The smallest that does not match the target side. */
  smallestOneSided?: string
}

interface Side {
  readonly matches: LabelTest
  /** The value to look sources up by; `undefined` when the alert cannot be equal to any. */
  readonly key: (labels: Labels) => string | undefined
}

interface CompiledRule {
  readonly rule: InhibitRule
  /** Changes with anything in the rule. */
  readonly identity: string
  readonly sides: readonly Side[]
  readonly isTarget: LabelTest
}

export type Inhibitor = (alerts: readonly InhibitCandidate[], timers: InhibitTimers, now: number) => InhibitResult

/**
 * Compiles rules once, for many evaluations. The inhibitor is pure: alerts and the timers it gave last time go in, verdicts and
 * timers come out, whatever the order of the alerts. An alert that fires or recovers is a source, told or not, even when it is itself
 * silenced, acknowledged or inhibited; a pending one is not. A target that is also on the source side is inhibited only by a
 * source that is not on the target side, so alerts of one kind do not silence each other. Time grows with alerts times rules.
 *
 * @throws TocsinError E103 when two rules have the same name, and whatever `compileMatchers` throws.
 */
export function compileInhibitRules(rules: readonly InhibitRule[]): Inhibitor {
  const compiled = rules.map(compileRule)
  const twice = rules.find(({ name }, index) => rules.findIndex((other) => other.name === name) !== index)
  if (twice !== undefined) throw new TocsinError('E103', `two inhibit rules are named "${twice.name}"`, { fix: 'give each rule a name of its own' })
  return (alerts, timers, now) => {
    const lookups = compiled.map((rule) => ({ ...rule, sourcesOf: indexSources(rule, alerts) }))
    const inhibited = new Map<string, Inhibition>()
    const kept: [string, Readonly<Record<string, SuppressionState>>][] = []
    let nextAt: number | undefined
    for (const { fingerprint, labels, level } of alerts) {
      const states: [string, SuppressionState][] = []
      for (const { rule, identity, isTarget, sourcesOf } of lookups) {
        if (!isTarget(labels)) continue
        const sources = sourcesOf(labels)
        const { waitFor = 0, releaseAfter = 0 } = rule
        const before = ownValue(ownValue(timers, fingerprint), rule.name)
        const step = stepSuppression(before, { rule: identity, target: level, suppressed: sources !== undefined, at: now }, { waitFor, releaseAfter })
        if (step.nextAt !== undefined) nextAt = Math.min(nextAt ?? Infinity, step.nextAt)
        if (step.heldBy !== undefined && !inhibited.has(fingerprint)) inhibited.set(fingerprint, { reason: step.heldBy, rule: rule.name, sources: sources ?? [] })
        const periods = waitFor > 0 || releaseAfter > 0
        if (periods && (level !== 'none' || step.nextAt !== undefined)) states.push([rule.name, step.state])
      }
      if (states.length > 0) kept.push([fingerprint, Object.fromEntries(states)])
    }
    return { inhibited, timers: Object.fromEntries(kept), ...(nextAt === undefined ? {} : { nextAt }) }
  }
}

function compileRule(rule: InhibitRule): CompiledRule {
  const compileSide = ({ source, equal = [] }: InhibitSource): Side => ({ matches: compileMatchers(source), key: equalKey(equal, rule.equalMissing === 'match') })
  return { rule, identity: JSON.stringify(rule), sides: [rule, ...(rule.alsoSources ?? [])].map(compileSide), isTarget: compileMatchers(rule.target) }
}

function equalKey(equal: readonly string[], missingMatches: boolean): Side['key'] {
  const names = [...new Set(equal)].sort()
  return (labels) => {
    const values = names.map((name) => ownValue(labels, name) ?? '')
    return missingMatches || !values.includes('') ? JSON.stringify(values) : undefined
  }
}

/** Gives, for a target's labels, one source of each side of the rule, or `undefined` when a side has none. */
function indexSources({ sides, isTarget }: CompiledRule, alerts: readonly InhibitCandidate[]): (target: Labels) => readonly string[] | undefined {
  const indexes = sides.map(() => new Map<string, Bucket>())
  for (const { fingerprint, labels, phase } of alerts) {
    if (phase !== 'firing' && phase !== 'recovering') continue
    for (const [position, side] of sides.entries()) {
      const key = side.matches(labels) ? side.key(labels) : undefined
      if (key !== undefined) indexes[position]?.set(key, withSource(indexes[position].get(key), fingerprint, isTarget(labels)))
    }
  }
  return (target) => {
    const found: string[] = []
    for (const [position, side] of sides.entries()) {
      const key = side.key(target)
      const bucket = key === undefined ? undefined : indexes[position]?.get(key)
      const source = side.matches(target) ? bucket?.smallestOneSided : bucket?.smallest
      if (source === undefined) return undefined
      found.push(source)
    }
    return found
  }
}

function withSource(bucket: Bucket | undefined, fingerprint: string, twoSided: boolean): Bucket {
  const smaller = (other: string | undefined): string => (other !== undefined && other < fingerprint ? other : fingerprint)
  const oneSided = twoSided ? bucket?.smallestOneSided : smaller(bucket?.smallestOneSided)
  return { smallest: smaller(bucket?.smallest), ...(oneSided === undefined ? {} : { smallestOneSided: oneSided }) }
}

/** A label may be named `constructor`. */
function ownValue<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
