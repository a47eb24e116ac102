import type { Letter, LetterImage } from '@tocsin/core'
import { chart } from './chart/chart.ts'
import { png } from './chart/png.ts'
import { sparkline } from './chart/sparkline.ts'
import type { Figures } from './figures.ts'
import { shortLetter } from './letter/short.ts'
import { type LetterTemplates, openTemplates } from './letter/templates.ts'
import { charted, letterView, type LetterView, troubled } from './letter/view.ts'
import { clean } from './letter/words.ts'

export { type LetterTemplates, openTemplates } from './letter/templates.ts'

/** Gmail cuts a message off at about 102 KB; what is cut is lost to the reader. */
export const MOST_HTML_BYTES = 90_000

/** How many red and amber rows are listed at most; the rest is counted. */
export const MOST_ROWS = 25

export interface LetterOptions {
  /** A folder of templates that replace built-in ones, or what `openTemplates` made of it. Default: the built-in ones. */
  readonly templates?: string | LetterTemplates
}

/**
 * The figures as a letter. Lists as many rows as keep the HTML below its limit, worst first.
 *
 * @throws TocsinError E110, E111 for templates that cannot be read or rendered.
 */
export function renderLetter(figures: Figures, { templates }: LetterOptions = {}): Letter {
  const made = typeof templates === 'object' ? templates : openTemplates(templates)
  const { view, html } = fitted(figures, made)
  const subject = clean(made.subject(view), 300)
  return { subject, html, text: spaced(made.text(view)), images: pictures(figures, view, html), short: shortLetter(figures, subject) }
}

/** Pieces that have nothing to say leave their empty lines behind. */
const spaced = (text: string): string => `${text.trim().replaceAll(/\n{3,}/g, '\n\n')}\n`

function fitted(figures: Figures, templates: LetterTemplates): { readonly view: LetterView; readonly html: string } {
  for (let most = MOST_ROWS; ; ) {
    const view = letterView(figures, most, templates.sections)
    const html = templates.html(view)
    const bytes = Buffer.byteLength(html)
    if (view.rows.length === 0 || bytes <= MOST_HTML_BYTES) return { view, html }
    most = Math.min(view.rows.length - 1, Math.floor((view.rows.length * MOST_HTML_BYTES) / bytes))
  }
}

/** Those that the HTML refers to: a user's template may leave some out. */
function pictures(figures: Figures, view: LetterView, html: string): readonly LetterImage[] {
  const drawings = [
    ...charted(figures).map((row, index) => ({ cid: view.charts[index]?.image.cid, svg: () => chart(row, figures) })),
    ...troubled(figures).slice(0, view.rows.length).map((row, index) => ({ cid: view.rows[index]?.sparkline?.cid, svg: () => sparkline(row, figures.period) })),
  ]
  return drawings.flatMap(({ cid, svg }) => (cid !== undefined && html.includes(`cid:${cid}"`) ? [{ cid, contentType: 'image/png' as const, content: png(svg()) }] : []))
}
