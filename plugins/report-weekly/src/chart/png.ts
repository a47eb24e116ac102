import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'

/** Pixels for each unit of the drawing, so that lines are sharp on the screens of phones. */
export const RESOLUTION = 2

/** What mail clients in dark mode would otherwise put behind the lines. */
const BACKGROUND = '#ffffff'

/** Inter Medium, reduced to what an axis says. The machine that draws may have no fonts at all, so none of its own are asked for. */
const FONT = fileURLToPath(new URL('../../fonts/inter-medium.otf', import.meta.url))

/** A drawing as an opaque PNG. */
export function png(svg: string): Uint8Array {
  return new Resvg(svg, {
    background: BACKGROUND,
    fitTo: { mode: 'zoom', value: RESOLUTION },
    font: { fontFiles: [FONT], loadSystemFonts: false, defaultFontFamily: 'Inter' },
  })
    .render()
    .asPng()
}
