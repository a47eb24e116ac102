import type { AlertPolicy } from '../alerting/reducer.ts'
import type { AlertState } from '../model/alert.ts'
import type { Judgement } from '../model/judgement.ts'
import { placeOf, type Resource } from '../model/resource.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import { ruleOptions } from '../plugin/rule-options.ts'
import { CHANNEL_RULE, CONFIGURATION_RULE, RECORDER_RULE, REPORT_RULE, SOURCE_RULE } from '../routing/receivers.ts'
import type { SourceFailure } from './cycle-result.ts'

/** Tocsin's alerts about itself are ordinary alerts: the same reducer, the same routes. Their metric counts failures in a row. */
const selfRule = (name: string, help: string): WatchedRule => ({
  name,
  metric: { name: 'failures', unit: 'count', worse: 'high', help },
  evaluator: { evaluate: () => ({ judgements: [] }) },
  options: ruleOptions.parse({}),
})

export const sourceRule = selfRule(SOURCE_RULE, 'Cycles in a row in which a source could not be read')
export const channelRule = selfRule(CHANNEL_RULE, 'Attempts in a row in which a channel could not deliver')
export const configurationRule = selfRule(CONFIGURATION_RULE, 'Configurations in a row that could not take over')
export const recorderRule = selfRule(RECORDER_RULE, 'Recordings in a row that could not be kept')

export const reportRule = selfRule(REPORT_RULE, 'Attempts in a row in which a report could not be made')

export const selfPolicy: AlertPolicy = {
  levels: ['warning', 'critical'],
  warning: { for: 0, keepFiringFor: 0 },
  critical: { for: 0, keepFiringFor: 0 },
  worse: 'high',
  staleAfter: Infinity,
  // A monitor that is blind now and then must say so each time.
  flapping: false,
}

/** The source that a failure is about: a collector in one account and region. */
export function sourceResource({ collector, scope }: Pick<SourceFailure, 'collector' | 'scope'>): Resource {
  const { account, region } = scope
  return { id: `source:${[collector, account, region].filter(Boolean).join('/')}`, type: 'source', name: collector, tags: {}, ...placeOf(scope) }
}

export function channelResource(receiver: string): Resource {
  return { id: `channel:${receiver}`, type: 'channel', name: receiver, tags: {} }
}

export function recorderResource(recorder: string): Resource {
  return { id: `recorder:${recorder}`, type: 'recorder', name: recorder, tags: {} }
}

export function reportResource(report: string): Resource {
  return { id: `report:${report}`, type: 'report', name: report, tags: {} }
}

export const configurationResource: Resource = { id: 'configuration', type: 'configuration', name: 'configuration', tags: {} }

/** How many attempts a channel may fail in a row before the others hear of it. */
export const CHANNEL_ERROR_FOR = 3

/**
 * Judges one more failure of a source or channel, or that it works. What fails for good is critical at once; what may pass is a
 * warning once it has failed often enough in a row. The count lives in the alert's own value, so it survives between passes.
 */
export function judgeFailure(before: AlertState | undefined, failure: { readonly permanent: boolean; readonly reason: string } | undefined, now: number, errorFor: number): Judgement {
  const at = Math.max(now, (before?.lastAt ?? -Infinity) + 1)
  if (failure === undefined) return { at, value: 0, breaches: 'none', reason: 'works again' }
  const value = (before?.value ?? 0) + 1
  return { at, value, breaches: failure.permanent ? 'critical' : value >= errorFor ? 'warning' : 'none', reason: failure.reason }
}
