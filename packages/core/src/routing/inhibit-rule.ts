import { z } from 'zod'
import { duration } from '../plugin/rule-options.ts'
import { matcherList } from './route-node.ts'

/** Schema of an inhibition in declarations: matchers as texts such as `severity="critical"` or as objects, durations as `5m`. */
export const inhibitRule = z.strictObject({
  /** Unique among the rules; named when an alert is kept back. */
  name: z.string().min(1),
  /** Alerts that keep others back while they fire. */
  source: matcherList,
  /** Alerts that are kept back. */
  target: matcherList,
  /** Labels that must have the same value on both. Default: none. */
  equal: z.array(z.string()).default([]),
  /** What a label of `equal` means that an alert does not have: `differ`, the default, or `match`, the default with `compat: alertmanager`. */
  equalMissing: z.enum(['differ', 'match']).optional(),
  /** How long a target that has just changed waits for its source. Default `0s`. */
  waitFor: duration.default(0),
  /** How long a target is kept back after its source has gone. Default `0s`. */
  releaseAfter: duration.default(0),
})
