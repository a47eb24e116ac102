import { reasonOf, TocsinError } from '../errors.ts'
import type { Recorder, Recording, Sink } from '../plugin/recorder.ts'
import type { Services } from '../plugin/services.ts'
import type { Observation } from './cycle-result.ts'

/** What came of one recording. */
export interface RecordReport {
  readonly recorder: string
  readonly error?: TocsinError
}

/** Hands what cycles see to the recorders, beside the cycles: a slow or broken one costs neither an evaluation nor a message. */
export interface Recordings {
  /** Starts to record a cycle, where a recorder is due and not still busy with an earlier one. */
  offer(cycle: { readonly monitor: string; readonly at: number; readonly observations: readonly Observation[] }, signal: AbortSignal): void
  /** Resolves when nothing is being recorded. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** The longest one recording may take: half the usual interval, so that the next cycle finds the recorder free. */
const LONGEST = 30_000
/** A cycle that comes a little early, by the clock or the schedule, is recorded all the same. */
const EARLY = 0.9

export function createRecordings(sinks: Readonly<Record<string, Sink>>, services: Services, report: (report: RecordReport) => void): Recordings {
  const opened = new Map<string, Recorder>()
  const busy = new Map<string, Promise<void>>()
  const recordedAt = new Map<string, number>()

  const record = async (name: string, sink: Sink, recording: Recording, stop: AbortSignal): Promise<void> => {
    const done = new AbortController()
    const late = new AbortController()
    const tooLate = new TocsinError('E701', `nothing was recorded within ${LONGEST / 1_000} s`, { where: `record.${name}`, fix: 'see whether its destination answers; it is tried again' })
    try {
      const recorder = opened.get(name) ?? sink.open()
      opened.set(name, recorder)
      const outOfTime = (async (): Promise<void> => {
        await services.clock.sleep(LONGEST, AbortSignal.any([stop, done.signal]))
        if (!done.signal.aborted && !stop.aborted) late.abort()
      })()
      await Promise.race([recorder.record(recording, { ...services, signal: AbortSignal.any([stop, late.signal]) }), outOfTime])
      // Whether it heeds its signal or not: what was cut off was not kept.
      if (late.signal.aborted) throw tooLate
      if (!stop.aborted) report({ recorder: name })
    } catch (error) {
      // What a stop cut off is taken up by the next process.
      if (!stop.aborted) report({ recorder: name, error: late.signal.aborted ? tooLate : error instanceof TocsinError ? error : new TocsinError('E700', reasonOf(error), { where: `record.${name}`, fix: 'see the log; it is tried again', cause: error }) })
    } finally {
      done.abort()
    }
  }

  return {
    offer({ monitor, at, observations }, signal) {
      const due = Object.entries(sinks).filter(([name, { every }]) => {
        const since = at - (recordedAt.get(name) ?? -Infinity)
        // Less than nothing: the clock was set back.
        return !busy.has(name) && (since >= every * EARLY || since < 0)
      })
      if (due.length === 0) return
      const samples = observations.flatMap(({ resource, rule, metric, unit, dimensions, at: time, value, level }) => (Number.isNaN(value) ? [] : [{ resource, rule, metric, unit, dimensions, at: time, value, level }]))
      for (const [name, sink] of due) {
        recordedAt.set(name, at)
        busy.set(
          name,
          record(name, sink, { monitor, at, samples }, signal).finally(() => busy.delete(name)),
        )
      }
    },
    async idle() {
      await Promise.all(busy.values())
    },
    async close() {
      for (const recorder of opened.values()) await recorder.close?.()
    },
  }
}
