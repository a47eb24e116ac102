/** Of the drawings, which stand on white in dark mode, too. Every text colour has a contrast of at least 4.5 to 1 on white. */
export const PALETTE = {
  ink: '#1d2939',
  muted: '#667085',
  grid: '#eaecf0',
  spread: '#c3cad6',
  gap: '#f2f4f7',
  amber: '#b54708',
  amberBand: '#fef0c7',
  red: '#b42318',
  redBand: '#fee4e2',
} as const
