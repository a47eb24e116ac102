const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** Values as a row of bars: missing ones are gaps. `range` is what the lowest and the highest bar stand for; default: the values' own. */
export function sparkline(values: readonly number[], range?: readonly [low: number, high: number]): string {
  const present = values.filter(Number.isFinite)
  const [low, high] = range ?? [Math.min(...present), Math.max(...present)]
  return values.map((value) => (Number.isNaN(value) ? ' ' : BARS[step(value, low, high)])).join('')
}

function step(value: number, low: number, high: number): number {
  if (high <= low) return value > high ? BARS.length - 1 : 0
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return Math.round(share * (BARS.length - 1))
}
