import { z } from 'zod'
import { duration } from '../plugin/rule-options.ts'
import { composite } from './composite.ts'
import { inhibitRule } from '../routing/inhibit-rule.ts'
import { muteWindow } from '../routing/mute-window-schema.ts'
import { escalationSteps, routeNode } from '../routing/route-node.ts'
import { isTimeZone } from '../routing/zoned-time.ts'

const levels = z.strictObject({
  warning: z.array(z.string()).optional().describe('Who is told of AMBER: names of `notify`. Default: nobody.'),
  critical: z.array(z.string()).optional().describe('Who is told of RED. Default: those of `warning`.'),
})

/** Schema of everything in a monitor that is not a plugin. The same for programs, YAML and JSON. */
export const settings = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a name of letters, digits, dots, dashes and underscores').default('main')
    .describe("The monitor's name: part of every alert's identity. Default `main`."),
  formerly: z.array(z.string()).default([])
    .describe('Names that the monitor had before, in the same `state`: alerts under them are ended, whoever was told of them hears it, and what waits to be sent is sent. Default: none.'),
  every: duration.refine((ms) => ms >= 1_000, 'at least "1s"').default(60_000).describe('Time between two cycles. Default `1m`; at least `1s`.'),
  schedule: z.string().optional().describe('A cron pattern in place of `every`, read in `timeZone`.'),
  timeZone: z.string().refine(isTimeZone, 'an IANA zone such as "Europe/Berlin"').default('UTC')
    .describe('IANA zone for schedules and for the times in messages. Default `UTC`.'),
  labels: z.record(z.string(), z.string()).default({})
    .describe('Labels on every alert of this monitor: notifications carry them, so that receivers can sort by them.'),
  route: z.union([levels, routeNode]).optional()
    .describe('Who is told: names for each level, or a tree of routes as in Alertmanager. Without it everybody is told everything. Of levels, without `critical` critical alerts go where warnings go; without `warning`, warnings are told to nobody.'),
  groupBy: z.array(z.string()).default(['rule']).describe('Labels by which alerts are told together, unless a route says otherwise. Default `[rule]`.'),
  groupWait: duration.default(30_000)
    .describe('How long a new group waits for more alerts, unless a route says otherwise; one that is older is told at once. Default `30s`.'),
  groupInterval: duration.refine((ms) => ms > 0, 'longer than "0s"').default(300_000)
    .describe('Time between two looks at a group that was told, unless a route says otherwise. Default `5m`.'),
  repeatInterval: duration.refine((ms) => ms > 0, 'longer than "0s"').default(4 * 3_600_000)
    .describe('How often a firing alert is told again, unless a route says otherwise. Default `4h`.'),
  steps: escalationSteps.default([])
    .describe('Whom to tell besides while nobody takes an alert on, and when, unless a route says otherwise. Default: nobody.'),
  muteWindows: z.array(muteWindow).default([]).describe('Times that routes can be silent in, by name.'),
  inhibit: z.array(inhibitRule).default([]).describe('Alerts that keep others back while they fire.'),
  resolveThroughMute: z.boolean().optional()
    .describe('Whether the end of what was told is told even while it is muted. Default true, and false with `compat: alertmanager`.'),
  composites: z.record(z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a name of letters, digits, dots, dashes and underscores'), composite).default({})
    .describe('Alerts made of others, by name: see `composite`.'),
  compat: z.literal('alertmanager').optional()
    .describe('`alertmanager`: what differs from Alertmanager behaves as there. The end of what is muted is not told, labels of `equal` that both lack match, a repeat must be later than its interval, mute windows do not wrap past midnight. Default: none of it.'),
  outageTolerance: duration.default(3_600_000)
    .describe('The longest time in which nobody watched after which the clocks of alerts go on as if it had not been. Default `1h`.'),
  seriesLimit: z.int().min(1).default(20_000)
    .describe('The most series of one rule: newer ones are refused, and those who are told of failing sources hear of it once. Default 20,000.'),
  errorFor: z.int().min(1).default(3)
    .describe('Cycles that a source may fail in a row before its receivers hear of it. A denied permission is told at once. Default 3.'),
  staleAfter: z.int().min(1).default(2).describe('Cycles that a resource may be absent before its alerts end with reason `resourceGone`. Default 2.'),
  collectTimeout: duration.default(50_000).describe('The longest a collector may take in one cycle. Default `50s`.'),
  sendTimeout: duration.default(15_000).describe('The longest one attempt to send may take. Default `15s`.'),
  concurrency: z.int().min(1).max(256).default(8).describe('Collectors that run at once. Default 8.'),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('warn').describe('Default `warn`.'),
      file: z.string().optional().describe('A file beside stderr: JSON lines, rotated at 10 MB, five kept.'),
    })
    .default({ level: 'warn' })
    .describe('The log. Default: warnings and worse to stderr.'),
  history: z
    .strictObject({
      points: duration.default(15 * 86_400_000).describe('Points as they came. Default `15d`; at least `2d`.'),
      rollups: duration.default(396 * 86_400_000)
        .describe('Hourly and daily lows, highs, averages and quantiles. Default `396d`, 13 months; no shorter than `points`.'),
    })
    .refine(({ points, rollups }) => points >= 2 * 86_400_000 && rollups >= points, 'expected "points" of at least "2d", and "rollups" no shorter than that')
    .default({ points: 15 * 86_400_000, rollups: 396 * 86_400_000 })
    .describe('How long what was measured is kept, where the store keeps it.'),
  state: z.string().optional()
    .describe('File that keeps alerts between runs. Default: `<XDG state directory>/tocsin/<name>-<hash>.sqlite` for the CLI, or a `postgres://` URL, memory for programs.'),
})
