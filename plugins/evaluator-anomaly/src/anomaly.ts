import { defineEvaluator, type EvaluatorPlugin, type Judgement, type Rule, SEVERITIES, TocsinError } from '@tocsin/core'
import { z } from 'zod'
import { judge } from './judge.ts'
import { type AnomalyOptions, anomalyOptions, type Settings } from './options.ts'
import { scorerFor } from './scorer.ts'
import { watcherFactory } from './watcher.ts'

const stateSchema = z.object({ memory: z.string() })

/** What is remembered of a series between calls. */
type State = z.output<typeof stateSchema>

/**
 * A rule that learns what is normal for each series and breaches when a point is not.
 *
 * ```ts
 * ec2({ regions: ['us-west-2'] }, { networkIn: anomaly(), cpu: anomaly({ method: 'seasonal', sigmas: { warning: 4, critical: 8 }, zone: 'Europe/Berlin' }) })
 * ```
 *
 * Lines that contradict each other are a problem of the watch the rule stands in: E112.
 */
export const anomaly: EvaluatorPlugin & ((options?: AnomalyOptions) => Rule) = defineEvaluator<typeof anomalyOptions, State>({
  name: 'anomaly',
  options: anomalyOptions,
  create: (settings) => {
    const watch = watcherFactory(settings)
    return {
      levels: SEVERITIES.filter((level) => settings.sigmas[level] !== undefined),
      check: () => contradictions(settings),
      scorer: () => scorerFor(settings),
      evaluate: (series, { metric, state }) => {
        const remembered = memoryOf(state)
        let memory: string | undefined
        function* judgements(): Generator<Judgement, void> {
          const watcher = watch(remembered)
          yield* judge(series, metric, watcher, settings)
          memory = watcher.write()
        }
        return {
          judgements: { [Symbol.iterator]: judgements },
          // Known only when all points were judged: whoever asks before has them judged for it.
          get state(): State {
            if (memory === undefined) for (const _ of judgements()) continue
            return { memory: memory ?? '' }
          },
        }
      },
    }
  },
})

/** Of a state in an unknown form nothing is remembered: the series is learned anew. */
const memoryOf = (state: unknown): string | undefined => stateSchema.safeParse(state).data?.memory

function contradictions({ sigmas: { warning, critical } }: Settings): TocsinError[] {
  if (warning === undefined || critical === undefined || critical > warning) return []
  return [new TocsinError('E112', `"sigmas.critical" ${critical} is not stricter than "sigmas.warning" ${warning}`, { fix: `put critical above ${warning}, or warning below ${critical}` })]
}
