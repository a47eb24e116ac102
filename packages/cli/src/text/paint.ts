import { styleText } from 'node:util'
import type { Level } from '@tocsin/core'

type Style = Parameters<typeof styleText>[0]

/** Colours text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

export const unpainted: Paint = (_style, text) => text

export const painted: Paint = (style, text) => styleText(style, text, { validateStream: false })

/** What decides on colour: the flag, the environment, the stream. */
export interface ColourChoice {
  /** False for `--no-color`. */
  readonly flag: boolean
  readonly env: NodeJS.ProcessEnv
  readonly terminal: boolean
}

/**
 * Whether to colour: `--no-color` and a NO_COLOR that is not empty switch it off (https://no-color.org), then FORCE_COLOR switches
 * it on (off with `0` and `false`), else a terminal that is not `dumb` gets colour.
 */
export function wantsColour({ flag, env, terminal }: ColourChoice): boolean {
  if (!flag || env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return terminal && env['TERM'] !== 'dumb'
}

const STYLES: Readonly<Record<Level, Style>> = { critical: ['bold', 'red'], warning: ['bold', 'yellow'], none: 'green' }

/** The style of a level. Its word always stands beside the colour. */
export const levelStyle = (level: Level): Style => STYLES[level]
