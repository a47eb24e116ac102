import { defineEvaluator, type EvaluatorPlugin, type Metric, type Rule, type Severity, type Unit } from '@tocsin/core'
import { judge } from './judge.ts'
import { type Lines, levelsOf, readLines } from './lines.ts'
import { type AnyLines, type ThresholdOptions, thresholdOptions } from './options.ts'
import { type Scale, scaleOf } from './scale.ts'

/**
 * A rule that judges each point against fixed lines.
 *
 * ```ts
 * ec2({ regions: ['us-west-2'] }, { cpu: threshold({ warning: 70, critical: '80%', clear: 60, for: '5m' }) })
 * ```
 *
 * Lines that do not fit the metric are problems of the watch the rule stands in: E103 no line, E105 not of the metric's unit,
 * E112 lines that contradict each other.
 */
export const threshold: EvaluatorPlugin & (<U extends Unit>(options: ThresholdOptions<U>) => Rule<U>) = defineEvaluator({
  name: 'threshold',
  options: thresholdOptions,
  create: (options) => {
    const scaleFor = rememberLast(options)
    return {
      levels: levelsOf(options),
      check: (metric) => readLines(options, metric).problems,
      lines: (metric) => valuesOf(readLines(options, metric).lines.breach),
      evaluate: (series, { metric }) => ({ judgements: judge(series, scaleFor(metric)) }),
    }
  },
})

const valuesOf = ({ warning, critical }: Lines['breach']): { readonly [Level in Severity]?: number } => ({ ...(warning && { warning: warning.value }), ...(critical && { critical: critical.value }) })

/** Lines are read once for all series of a metric. */
function rememberLast(options: AnyLines): (metric: Metric) => Scale {
  let last: { readonly unit: Unit; readonly worse: Metric['worse']; readonly scale: Scale } | undefined
  return (metric) => {
    if (last?.unit !== metric.unit || last.worse !== metric.worse) {
      const { lines, problems } = readLines(options, metric)
      if (problems[0]) throw problems[0]
      last = { unit: metric.unit, worse: metric.worse, scale: scaleOf(lines) }
    }
    return last.scale
  }
}
