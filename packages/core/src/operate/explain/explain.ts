import type { Monitor } from '../../config/monitor.ts'
import { TocsinError } from '../../errors.ts'
import type { Store } from '../../store/store.ts'
import { answerOf } from './answer.ts'
import { readEvidence } from './evidence.ts'
import type { Explanation } from './explanation.ts'
import { findMeasured } from './find-measured.ts'
import { readPoints } from './points.ts'
import type { Scene } from './scene.ts'
import { timelineOf } from './steps.ts'

export interface ExplainRequest {
  /** The beginning of the alert's fingerprint, or `<rule>/<resource>`. One that was forgotten, and the messages about it too, is known by its fingerprint only. */
  readonly id: string
  /** The instant to explain, milliseconds since the epoch. Default: `now`. */
  readonly at?: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * Why somebody was told of an alert, or was not: the chain from its points to the receivers' answers, over its last episode that had begun by
 * an instant. Of what is measured and never had an alert it says that. Reads what is stored: the events, the decisions about its groups, the messages and every attempt to send them, silences, points. What the
 * present configuration adds says so. Works beside a process that runs the monitor, and changes nothing.
 *
 * @throws TocsinError E601 for an alert that is not there, or a name that fits more than one.
 */
export async function explain(store: Store, monitor: Monitor, { id, now, at = now }: ExplainRequest): Promise<Explanation> {
  const evidence = await store.transaction((tx) => readEvidence(tx, { monitor: monitor.name, id }, at)).catch(async (error: unknown) => {
    // What was never hot has no alert, and people ask most of all why they heard nothing of it.
    const measured = error instanceof TocsinError && error.code === 'E601' ? await findMeasured(store, monitor, id) : undefined
    if (measured === undefined) throw error
    return store.transaction((tx) => readEvidence(tx, { monitor: monitor.name, id }, at, measured))
  })
  const scene: Scene = { ...evidence, monitor, at }
  const { points, gaps } = await readPoints(store, monitor, evidence, at, now)
  const { fingerprint, alert, subject, episode } = evidence
  const forgotten = subject === undefined ? [{ code: 'subjectForgotten' as const, text: 'what the alert was about is not kept any more: it ended, and the messages about it are older than seven days' }] : []
  const shortened = evidence.shortened ? [{ code: 'decisionsLeftOut' as const, text: 'its group is busy: of the older messages only those that changed where the alert stands are shown' }] : []
  return {
    monitor: monitor.name,
    fingerprint,
    at,
    ...(alert === undefined ? {} : { alert }),
    ...(subject === undefined ? {} : { subject }),
    ...(episode === undefined ? {} : { episode }),
    answer: answerOf(scene, now),
    timeline: timelineOf(scene, points),
    points,
    gaps: [...forgotten, ...shortened, ...gaps],
  }
}
