import { isDeepStrictEqual } from 'node:util'
import { defineReport, type ReportContext, type ReportPeriod, thrownBy } from '@tocsin/core'
import type { Figures } from './figures.ts'
import { compute } from './figures/compute.ts'
import { periodBefore, periodSoFar } from './figures/period.ts'
import { type LetterTemplates, MOST_ROWS, openTemplates, renderLetter } from './letter.ts'
import { weeklyOptions } from './options.ts'

/** When people begin to read: an hour's issue soon after it, the others at eight in the morning. */
const SCHEDULES = { hour: '5 * * * *', day: '0 8 * * *', week: '0 8 * * 1', month: '0 8 1 * *' } as const

/**
 * Tells once a week, or every hour, day or month, how everything that is watched has been: `weekly({ to: ['mail'] })`. Always sent, even when all is well: it proves that
 * the monitor lives.
 */
export const weekly = defineReport({
  name: 'weekly',
  options: weeklyOptions,
  schedule: ({ period }) => SCHEDULES[period],
  period: ({ period }, at, timeZone) => periodBefore(period, at, timeZone),
  soFar: ({ period }, at, timeZone) => periodSoFar(period, at, timeZone),
  check: ({ templates }) => thrownBy(() => openTemplates(templates)),
  create({ period: kind, match, templates }) {
    let opened: LetterTemplates | undefined
    /** Who asks for the letter may ask for its numbers, too: they are of one look at the past. Forgotten with the context. */
    const looks = new WeakMap<ReportContext, { readonly of: ReportPeriod; readonly figures: Promise<Figures> }>()
    const figuresOf = (period: ReportPeriod, context: ReportContext): Promise<Figures> => {
      const known = looks.get(context)
      if (known !== undefined && isDeepStrictEqual(known.of, period)) return known.figures
      const { from, until, name } = period
      const figures = compute({ kind, from, until, name }, context, { match, top: MOST_ROWS })
      looks.set(context, { of: period, figures })
      return figures
    }
    return {
      async compose(period, context) {
        opened ??= openTemplates(templates)
        return renderLetter(await figuresOf(period, context), { templates: opened })
      },
      figures: figuresOf,
    }
  },
})
