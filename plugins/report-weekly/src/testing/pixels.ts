import { Resvg } from '@resvg/resvg-js'

export interface Pixels {
  readonly width: number
  readonly height: number
  /** `#rrggbb` of the pixel, or what shines through it: `#ff00ff`. */
  readonly at: (x: number, y: number) => string
}

/** The pixels of a PNG, laid on magenta: what is not opaque shows it. */
export function pixelsOf(content: Uint8Array): Pixels {
  const view = new DataView(content.buffer, content.byteOffset)
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#ff00ff"/><image width="${width}" height="${height}" href="data:image/png;base64,${Buffer.from(content).toString('base64')}"/></svg>`
  const { pixels } = new Resvg(svg, { font: { loadSystemFonts: false } }).render()
  return { width, height, at: (x, y) => `#${pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 3).toString('hex')}` }
}
