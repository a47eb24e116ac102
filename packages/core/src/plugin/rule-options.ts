import { z } from 'zod'
import { type Duration, milliseconds, parseDuration } from '../model/duration.ts'
import { defaultRange, EVERY_POINT, LONGEST_RANGE, MISSING_MODES, type Occurrences } from '../model/occurrences.ts'

/** Schema of a duration: takes `5m`, gives milliseconds. The assertion narrows the input, which zod knows only as a text. */
export const duration = z
  .string()
  .refine((text): text is Duration => parseDuration(text) !== undefined, { error: 'not a duration', params: { code: 'E104' } })
  .transform((text) => milliseconds(text))
  .meta({ title: 'duration' }) as unknown as z.ZodType<number, Duration>

const perLevel = z.union([
  duration.transform((both) => ({ warning: both, critical: both })),
  z.strictObject({ warning: duration.default(0).describe('For AMBER. Default `0s`.'), critical: duration.default(0).describe('For RED. Default `0s`.') }),
])

type OccurrencesText = `${number} of ${number}`
const PATTERN = /^(\d{1,3}) of (\d{1,3})$/
const occurrencesText = z
  .string()
  .refine((text): text is OccurrencesText => PATTERN.test(text), 'expected a text such as "3 of 5"') as z.ZodType<OccurrencesText, OccurrencesText>

const occurrences = z
  .union([occurrencesText, z.strictObject({
      points: occurrencesText.describe('How many of the newest points: `3 of 5`.'),
      within: z.int().min(1).max(LONGEST_RANGE).optional().describe('How many points back those are looked for. Default: N plus a third of it, at least two.'),
    })])
  .transform((written): Occurrences => {
    const { points, within } = typeof written === 'string' ? { points: written } : written
    const [, hot, of] = PATTERN.exec(points) ?? []
    return { hot: Number(hot), of: Number(of), range: within ?? defaultRange(Number(of)) }
  })
  .refine(({ hot, of }) => 1 <= hot && hot <= of, 'expected at least "1 of 1", and no more of the points than there are')
  .refine(({ of, range }) => of <= range && range <= LONGEST_RANGE, `expected "within" to hold all the points, and no more than ${LONGEST_RANGE}`)

const flapping = z.union([
  z.boolean(),
  z
    .strictObject({
      enter: z.number().min(0).max(100).default(30).describe('Percentage of changes above which it flaps. Default 30.'),
      leave: z.number().min(0).max(100).default(25).describe('Percentage at or below which it is steady again. Default 25.'),
    })
    .refine(({ enter, leave }) => leave <= enter, 'expected "leave" at or below "enter"'),
])

const words = z.record(z.string(), z.string())

/** Schema of the options that every rule takes beside its evaluator's own. */
export const ruleOptions = z.strictObject({
  for: perLevel.default({ warning: 0, critical: 0 })
    .describe('How long a breach must last before it fires. Default `0s`: at once. One duration for both levels, or one for each.'),
  keepFiringFor: perLevel.default({ warning: 0, critical: 0 })
    .describe('How long it must stay well before it is resolved. Default `0s`. One duration for both levels, or one for each.'),
  occurrences: occurrences.default(EVERY_POINT)
    .describe("How many points must be hot: `3 of 5` makes a level hot when 3 of the newest 5 points are. Default `1 of 1`. Where some of the newest points are missing, those before them are taken, as far back as `within` points: `{ points: '3 of 5', within: 10 }`; default N plus a third of it, at least two."),
  missing: z.enum(MISSING_MODES).default('missing')
    .describe('What missing points mean when fewer than N are present. `missing`: the alert is held, and its health is `noData`; the default. `ignore`: it is held. `breaching`: they count as a breach. `notBreaching`: they count as well.'),
  warmUp: duration.default(0)
    .describe('How long nothing is told after the first look, unless all the points of `occurrences` are there sooner. Default `0s`: off.'),
  flapping: flapping.default(true)
    .describe('Whether an alert that changes its level too often is told only once, until it is steady again. `{ enter, leave }`: the percentage of its last 20 evaluations, newer ones weighing more. Default `true`: above 30, until at or below 25, as Icinga has it.'),
  paused: z.boolean().default(false)
    .describe('Whether nothing is evaluated for now: alerts are held as they are, neither fired nor ended. Default false.'),
  labels: words.default({}).describe(`Added to the labels of the rule's alerts, for routes and inhibitions to match on.`),
  summary: z.string().optional().describe('One sentence for the message.'),
  runbook: z.url().optional().describe('Link to what to do about it; shown in the message.'),
})

/** The keys that belong to the rule; all others belong to its evaluator. */
export const RULE_KEYS: ReadonlySet<string> = new Set(Object.keys(ruleOptions.shape))
