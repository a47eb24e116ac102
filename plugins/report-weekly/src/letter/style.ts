import type { Level } from '@tocsin/core'

/** Without quotes, which would be escaped at every use. */
const FONT = 'font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif'
const INK = 'color:#101828'
const SOFT = 'color:#475467'

/** Inline styles by name. Every cell has its font and colour, because Outlook does not hand them down into a table. */
export const CSS = {
  eyebrow: `${FONT};${SOFT};font-size:13px;line-height:18px`,
  title: `${FONT};${INK};font-size:30px;line-height:36px;font-weight:bold;margin:0`,
  lead: `${FONT};${INK};font-size:16px;line-height:24px`,
  heading: `${FONT};${INK};font-size:17px;line-height:24px;font-weight:bold;margin:0`,
  text: `${FONT};${INK};font-size:14px;line-height:21px`,
  strong: `${FONT};${INK};font-size:14px;line-height:21px;font-weight:bold`,
  note: `${FONT};${SOFT};font-size:12px;line-height:18px`,
  figure: `${FONT};${INK};font-size:26px;line-height:32px;font-weight:bold`,
  number: `${FONT};${INK};font-size:13px;line-height:18px;white-space:nowrap`,
  label: `${FONT};${SOFT};font-size:11px;line-height:16px;font-weight:normal;white-space:nowrap`,
} as const

/** How a level looks: text, tinted background and the strong colour of its edge. Text on tint has a contrast of at least 4.5 to 1. */
export interface Look {
  readonly ink: string
  readonly tint: string
  readonly edge: string
  /** Class that dark mode changes. */
  readonly name: string
}

export const LOOKS: Readonly<Record<Level, Look>> = {
  critical: { ink: '#b42318', tint: '#fee4e2', edge: '#d92d20', name: 'red' },
  warning: { ink: '#93370d', tint: '#fef0c7', edge: '#f79009', name: 'amber' },
  none: { ink: '#05603a', tint: '#d1fadf', edge: '#12b76a', name: 'green' },
}
