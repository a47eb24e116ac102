import type { AlertState, Episode, LevelState } from '../model/alert.ts'
import { NOTHING, type Reduction } from './evaluate.ts'

/**
 * An alert whose points are timed by a clock that was set back by so many milliseconds. All its times move along, so that what lasted goes on
 * from where it was: without this no point would be new until the clock is back at the time of the newest.
 */
export function setBack(state: AlertState, by: number): Reduction {
  const { missedAt, begunAt, episode } = state
  const level = (one: LevelState): LevelState => ({ ...one, since: one.since === 0 ? 0 : one.since - by })
  const next: AlertState = {
    ...state,
    warning: level(state.warning),
    critical: level(state.critical),
    lastAt: state.lastAt - by,
    ...(missedAt === undefined ? {} : { missedAt: missedAt - by }),
    ...(begunAt === undefined ? {} : { begunAt: begunAt - by }),
    ...(episode === undefined ? {} : { episode: episodeSetBack(episode, by) }),
  }
  return { state: next, changes: NOTHING }
}

/** Its id stays: it is the same episode to everybody who was told of it. */
function episodeSetBack(episode: Episode, by: number): Episode {
  const { startedAt, firedAt, endedAt, quietSince } = episode
  return {
    ...episode,
    startedAt: startedAt - by,
    ...(firedAt === undefined ? {} : { firedAt: firedAt - by }),
    ...(endedAt === undefined ? {} : { endedAt: endedAt - by }),
    ...(quietSince === undefined ? {} : { quietSince: quietSince - by }),
  }
}
