import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PALETTE } from '../chart/palette.ts'
import { CSS, LOOKS } from './style.ts'

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const dark = new Map([...readFileSync(join(import.meta.dirname, '../../templates/html/dark.hbs'), 'utf8').matchAll(/^\.(\S+) \{ (.*) \}$/gm)].map(([, name = '', body = '']) => [name, body]))
const inDark = (name: string, property: string): string => new RegExp(`(?:^|; )${property}: (#[0-9a-f]{6})`).exec(dark.get(name)?.replaceAll(' !important', '') ?? '')?.[1] ?? name

describe('text can be read', () => {
  it.each<readonly [string, string, string]>([
    ['axis labels', PALETTE.muted, '#ffffff'],
    ['a gap', PALETTE.muted, PALETTE.gap],
    ['the name of the amber line', PALETTE.amber, '#ffffff'],
    ['the name of the red line', PALETTE.red, '#ffffff'],
    ['a value on the red band', PALETTE.ink, PALETTE.redBand],
    ...Object.values(LOOKS).map(({ name, ink, tint }) => [`the word of ${name}`, ink, tint] as const),
    ...Object.entries(CSS).map(([name, css]) => [`css.${name}`, /color:(#\w+)/.exec(css)?.[1] ?? '', '#ffffff'] as const),
    ...['ink', 'soft', 'red-ink', 'amber-ink', 'green-ink'].map((name) => [`${name} in dark mode`, inDark(name, 'color'), inDark('card', 'background-color')] as const),
    ...['red', 'amber', 'green'].map((name) => [`the word of ${name} in dark mode`, inDark(name, 'color'), inDark(name, 'background-color')] as const),
  ])('%s: %s on %s', (_, ink, ground) => {
    expect(contrast(ink, ground)).toBeGreaterThanOrEqual(4.5)
  })
})
