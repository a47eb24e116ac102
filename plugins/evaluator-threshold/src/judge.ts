import type { Judgement, Level, Series } from '@tocsin/core'
import type { Scale } from './scale.ts'

/** Judges each present point, one at a time: a long series is never held as an array of judgements, which costs several times more. */
export function* judge({ timestamps, values }: Series, scale: Scale): Generator<Judgement, void> {
  for (let index = 0; index < values.length; index++) {
    const at = timestamps[index]
    const value = values[index]
    if (at !== undefined && value !== undefined && !Number.isNaN(value)) yield judgePoint(scale, at, value)
  }
}

function judgePoint(scale: Scale, at: number, value: number): Judgement {
  const breaches = breachOf(scale, value)
  if (!scale.hysteresis) return { at, value, breaches, reason: reasonOf(scale, breaches, 'warning') }
  const clears = clearOf(scale, value, breaches)
  return { at, value, breaches, clears, reason: reasonOf(scale, breaches, clears) }
}

function reasonOf({ reasons }: Scale, breaches: Level, clears: Level): string {
  if (breaches === 'critical') return reasons.critical
  if (breaches === 'warning') return reasons.warning
  return clears === 'warning' ? reasons.none : reasons.held
}

function breachOf({ sign, onLine, warning, critical }: Scale, value: number): Level {
  const badness = sign * value
  if (badness > critical || (onLine && badness === critical)) return 'critical'
  return badness > warning || (onLine && badness === warning) ? 'warning' : 'none'
}

/**
 * The lowest level that is cleared. A level without a clear line is cleared when it is not breached, and warning never before
 * critical.
 */
function clearOf({ sign, clearWarning, clearCritical }: Scale, value: number, breaches: Level): Level {
  const badness = sign * value
  const criticalCleared = Number.isNaN(clearCritical) ? breaches !== 'critical' : badness < clearCritical
  if (!criticalCleared) return 'none'
  const warningCleared = Number.isNaN(clearWarning) ? breaches === 'none' : badness < clearWarning
  return warningCleared ? 'warning' : 'critical'
}
