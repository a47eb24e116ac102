import { z } from 'zod'

export const weeklyOptions = z.object({
  period: z.enum(['hour', 'day', 'week', 'month']).default('week').describe('What one issue is about: the last whole `hour`, `day`, `week` (ISO, from Monday) or `month`. Default `week`.'),
  match: z.record(z.string(), z.string()).default({})
    .describe("Labels that resources and rules must have to be in the report: `{ tag_team: 'web' }`. So each group of readers gets a report of its own. Channels, sources and the cost are those of the whole monitor. Default: everything is in it."),
  templates: z.string().min(1).optional()
    .describe('A folder of Handlebars templates that replace built-in ones of the same name. Relative to the working directory. Default: the built-in ones.'),
})

export type WeeklyOptions = z.output<typeof weeklyOptions>
