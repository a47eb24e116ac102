import { z } from 'zod'
import { duration } from '../plugin/rule-options.ts'
import { matcherList } from './route-node.ts'

/** Schema of an inhibition in declarations: matchers as texts such as `severity="critical"` or as objects, durations as `5m`. */
export const inhibitRule = z.strictObject({
  name: z.string().min(1).describe('Unique among the rules; named when an alert is kept back.'),
  source: matcherList.describe('Alerts that keep others back while they fire.'),
  target: matcherList.describe('Alerts that are kept back.'),
  equal: z.array(z.string()).default([]).describe('Labels that must have the same value on both. Default: none.'),
  equalMissing: z.enum(['differ', 'match']).optional()
    .describe('What a label of `equal` means that an alert does not have: `differ`, the default, or `match`, the default with `compat: alertmanager`.'),
  waitFor: duration.default(0).describe('How long a target that has just changed waits for its source. Default `0s`.'),
  releaseAfter: duration.default(0).describe('How long a target is kept back after its source has gone. Default `0s`.'),
})
