/** How many alerts there are. */
export const ALERTS = 50

const LEVELS = ['none', 'warning', 'critical'] as const
const VALUES = { none: 10, warning: 65, critical: 91 } as const
type Level = (typeof LEVELS)[number]

/** The level of a resource in a second: another one than in the second before, and the same for whoever asks. */
function levelAt(index: number, at: number): Level {
  const second = Math.floor(at / 1_000)
  // Steps of one or two through three levels: never on the spot.
  let position = index
  position += second + Math.floor(second / (2 + (index % 5)))
  return LEVELS[position % 3] ?? 'none'
}

export const valueAt = (index: number, at: number): number => VALUES[levelAt(index, at)]
