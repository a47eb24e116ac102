import { z } from 'zod'
import { duration } from '../plugin/rule-options.ts'

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** Schema of everything in a monitor that is not a plugin. The same for programs, YAML and JSON. */
export const settings = z.strictObject({
  /** The monitor's name: part of every alert's identity. Default `main`. */
  name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a name of letters, digits, dots, dashes and underscores').default('main'),
  /** Time between two cycles. Default `1m`; at least `1s`. */
  every: duration.refine((ms) => ms >= 1_000, 'at least "1s"').default(60_000),
  /** A cron pattern in place of `every`, read in `timeZone`. */
  schedule: z.string().optional(),
  /** IANA zone for schedules and for the times in messages. Default `UTC`. */
  timeZone: z.string().refine(isTimeZone, 'an IANA zone such as "Europe/Berlin"').default('UTC'),
  /** Labels on every alert of this monitor: notifications carry them, so that receivers can sort by them. */
  labels: z.record(z.string(), z.string()).default({}),
  /**
   * Who is told at which level. Without it everybody is told everything. Without `critical`, critical alerts go where warnings go;
   * without `warning`, warnings are told to nobody.
   */
  route: z.strictObject({ warning: z.array(z.string()).optional(), critical: z.array(z.string()).optional() }).optional(),
  /** How often a firing alert is told again. Default `4h`. */
  repeatInterval: duration.default(4 * 3_600_000),
  /** Cycles that a source may fail in a row before its receivers hear of it. A denied permission is told at once. Default 3. */
  errorFor: z.int().min(1).default(3),
  /** Cycles that a resource may be absent before its alerts end with reason `resourceGone`. Default 2. */
  staleAfter: z.int().min(1).default(2),
  /** The longest a collector may take in one cycle. Default `50s`. */
  collectTimeout: duration.default(50_000),
  /** The longest one attempt to send may take. Default `15s`. */
  sendTimeout: duration.default(15_000),
  /** Collectors that run at once. Default 8. */
  concurrency: z.int().min(1).max(256).default(8),
  /** The log. Default: warnings and worse to stderr. */
  log: z
    .strictObject({
      /** Default `warn`. */
      level: z.enum(['debug', 'info', 'warn', 'error']).default('warn'),
      /** A file beside stderr: JSON lines, rotated at 10 MB, five kept. */
      file: z.string().optional(),
    })
    .default({ level: 'warn' }),
  /** File that keeps alerts between runs. Default: `<XDG state directory>/tocsin/<name>-<hash>.json` for the CLI, memory for programs. */
  state: z.string().optional(),
})
