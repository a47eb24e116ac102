import type { AlertState, Episode, Phase } from '../model/alert.ts'
import { type Level, worse } from '../model/level.ts'
import { episodeId } from './identity.ts'

const TREND = 8

/** What one evaluation, at time `at` with a value or NaN, makes of an alert's episode. */
export interface EpisodeStep {
  readonly at: number
  readonly value: number
  /** False when `value` was seen before: then it adds nothing to the trend. */
  readonly isNew: boolean
  readonly phase: Phase
  readonly level: Level
  /** Which way the metric is bad. */
  readonly worse: 'high' | 'low'
}

/** The running episode, or a new one when the alert rests, one evaluation on. */
export function episodeAfter(before: AlertState, { at, value, isNew, phase, level, worse: bad }: EpisodeStep, fingerprint: string): Episode {
  const begun = before.phase === 'inactive' || before.episode === undefined ? begin(before, at, value, fingerprint) : before.episode
  const fires = begun.firedAt === undefined && level !== 'none'
  const recovered = before.phase === 'recovering' ? (begun.recoveredValue ?? value) : value
  const after: Mutable<Episode> = {
    ...begun,
    peak: isNew ? worst(begun.peak, value, bad) : begun.peak,
    worstLevel: worse(begun.worstLevel, level),
    recent: isNew && !Number.isNaN(value) ? [...begun.recent.slice(1 - TREND), value] : begun.recent,
  }
  if (fires) {
    after.firedAt = at
    after.firedValue = value
    after.fires += 1
  }
  if (phase === 'recovering' && before.phase !== 'recovering') after.recoveredValue = value
  if (phase === 'inactive') {
    after.endedAt = at
    after.endReason = 'recovered'
    after.recoveredValue = recovered
  }
  return after
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

function begin({ episode: last, value: before }: AlertState, at: number, value: number, fingerprint: string): Episode {
  // Late points share the time of the evaluation they come after: an episode must not take the name of the one it follows.
  const startedAt = last === undefined ? at : Math.max(at, last.startedAt + 1)
  const quietSince = last?.firedAt === undefined ? last?.quietSince : last.endedAt
  return {
    id: episodeId(fingerprint, startedAt),
    startedAt,
    peak: value,
    worstLevel: 'none',
    recent: Number.isNaN(before) ? [] : [before],
    fires: last?.fires ?? 0,
    ...(quietSince === undefined ? {} : { quietSince }),
  }
}

function worst(a: number, b: number, bad: 'high' | 'low'): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? b : a
  return bad === 'high' ? Math.max(a, b) : Math.min(a, b)
}
