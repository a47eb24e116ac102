import type { AlertRecord } from '../model/alert.ts'
import { SEVERITIES, type Severity } from '../model/level.ts'
import { type AttentionEnd, reviewAttention } from './attention.ts'
import type { Climb } from './climb.ts'
import { climbSince } from './climb-since.ts'
import type { EscalationStep } from './escalation.ts'
import type { Handling } from './handling.ts'
import type { MutesNow, MuteInput } from './open-mutes.ts'
import { type Plan, planNotifications, type PlanInput } from './plan.ts'
import { escalationRoute } from './receivers.ts'
import type { RouteMatch } from './route-tree.ts'
import type { OpenSilence } from './silence.ts'

export interface TellInput extends Omit<PlanInput, 'muted' | 'acknowledged' | 'escalations'> {
  readonly silences: readonly OpenSilence[]
  /** By fingerprint, as stored. */
  readonly handling: ReadonlyMap<string, Handling>
  readonly mutes: (input: MuteInput) => MutesNow
  /** Whether any route has steps. Default true. */
  readonly climbs?: boolean
}

export interface Telling extends Plan {
  /** The handling of every alert that has any or had any; `undefined` for one of which nothing is to be remembered. */
  readonly handling: ReadonlyMap<string, Handling | undefined>
  /** What people had said that holds no longer, by fingerprint. */
  readonly ended: readonly (AttentionEnd & { readonly fingerprint: string })[]
}

/**
 * The whole way from alerts to messages: what people said of them, what keeps them back, how far they have escalated, and what each
 * receiver is told of it now. Pure: what it needs is given, what follows is returned.
 */
export function tell(input: TellInput): Telling {
  const { alerts, now } = input
  const reviewed = new Map([...input.handling].map(([fingerprint, handling]) => [fingerprint, { handling, ...review(alerts.get(fingerprint), handling, now) }]))
  const attended = new Map([...reviewed].map(([fingerprint, { handling, attention }]) => [fingerprint, withAttention(handling, attention)]))
  const muted = input.mutes({ alerts, silences: input.silences, handling: attended, now })

  const after = new Map<string, Handling | undefined>([...input.handling.keys()].map((fingerprint) => [fingerprint, undefined]))
  const due = new Map<string, readonly string[]>()
  const receivers = Object.keys(input.sendResolved)
  let nextAt = muted.nextAt
  const told = new Set(input.entries.flatMap(({ firing }) => Object.values(firing).map(({ episodeId }) => episodeId)))
  for (const [fingerprint, record] of alerts) {
    const seen = reviewed.get(fingerprint)
    const attention = seen?.attention
    const suppressions = muted.suppressions[fingerprint]
    // Nobody said anything of it, nothing holds it back, and there is nothing to climb.
    if (input.climbs === false && seen === undefined && suppressions === undefined) continue
    // An episode that somebody heard of before there were steps goes on without them.
    const steps = record.state.level === 'none' || told.has(record.state.episode?.id ?? '') ? [] : stepsOf(record, input.match)
    const climbed =
      steps.length === 0 && seen?.handling.escalation === undefined
        ? NO_CLIMB
        : climbSince({ record, before: seen?.handling ?? {}, attention: seen?.handling.attention, silences: input.silences, steps, muted: isMuted(record, input.match, muted), receivers, now })
    if (climbed.due.length > 0) due.set(fingerprint, climbed.due)
    nextAt = Math.min(nextAt, climbed.nextAt, seen?.nextAt ?? Infinity)
    const handling: Handling = {
      ...(attention === undefined ? {} : { attention }),
      ...(climbed.escalation === undefined ? {} : { escalation: climbed.escalation }),
      ...(climbed.reached === undefined ? {} : { reached: climbed.reached }),
      ...(suppressions === undefined ? {} : { suppressions }),
    }
    after.set(fingerprint, Object.keys(handling).length === 0 ? undefined : handling)
  }

  const plan = planNotifications({
    ...input,
    muted: muted.reason,
    acknowledged: (fingerprint) => attended.get(fingerprint)?.attention?.ack !== undefined,
    escalations: { reached: (fingerprint) => after.get(fingerprint)?.reached ?? [], due: (fingerprint) => due.get(fingerprint) ?? [] },
  })
  return {
    ...plan,
    nextAt: Math.min(plan.nextAt, nextAt),
    handling: after,
    ended: [...reviewed].flatMap(([fingerprint, { ended }]) => ended.map((end) => ({ ...end, fingerprint }))),
  }
}

const NO_CLIMB: Climb = { due: [], nextAt: Infinity }

/** The steps of both levels: an episode keeps them as they are when it fires, and may rise later. */
function stepsOf({ subject }: AlertRecord, match: RouteMatch): readonly EscalationStep[] {
  const of = (level: Severity): readonly EscalationStep[] => escalationRoute(match(subject.labels, level))?.steps ?? []
  const [warning, critical] = [of('warning'), of('critical')]
  if (warning === critical) return warning
  return SEVERITIES.flatMap((level) => of(level).flatMap((step) => ((step.level ?? level) === level ? [{ ...step, level }] : [])))
}

/** Whether the alert is kept back where it escalates, by something else than a silence or a snooze. */
function isMuted(record: AlertRecord, match: RouteMatch, { reason }: MutesNow): boolean {
  const routes = record.state.level === 'none' ? [] : match(record.subject.labels, record.state.level)
  const found = reason(record, escalationRoute(routes) ?? routes[0])
  return found !== undefined && found.by !== 'snooze' && found.by !== 'silence'
}

/** An alert of which nothing is known any more has ended. */
function review(record: AlertRecord | undefined, { attention }: Handling, now: number): ReturnType<typeof reviewAttention> {
  const { phase = 'inactive', level = 'none', episode } = record?.state ?? {}
  return reviewAttention(attention, { phase, level, episodeId: episode?.id ?? '' }, now)
}

function withAttention({ attention: _before, ...handling }: Handling, attention: Handling['attention']): Handling {
  return attention === undefined ? handling : { ...handling, attention }
}
