/** A line, and how often it would have fired. */
export interface QuietLine {
  readonly line: number
  readonly fires: number
}

/**
 * The line closest to the present one that would have fired about once: at most once, and rounded to a number that people write where that changes nothing. Hours in a row
 * beyond a line count as one firing.
 *
 * @param series the worst value of each hour, for each series; NaN for an hour without a point.
 * @param from the present line. `undefined` comes back where no other line would fire less often and still once.
 */
export function quietLine(series: readonly (readonly number[])[], { from, worse }: { readonly from: number; readonly worse: 'high' | 'low' }): QuietLine | undefined {
  const sign = worse === 'high' ? 1 : -1
  const towards = series.map((hours) => hours.map((value) => sign * value))
  const peaks = [...new Set(towards.flat().filter((value) => Number.isFinite(value) && value > sign * from))].toSorted((a, b) => b - a)
  // The lower the line, the more often it fires, but for firings that grow together: the lowest that fires once, going down from the highest peak.
  let quiet: number | undefined
  for (const peak of peaks) {
    if (firesOf(towards, peak) > 1) break
    quiet = peak
  }
  if (quiet === undefined) return undefined
  const line = rounded(quiet, (candidate) => candidate > sign * from && firesOf(towards, candidate) === 1)
  const fires = firesOf(towards, line)
  return fires === 1 ? { line: sign * line, fires } : undefined
}

/** How often values rise above a line. */
function firesOf(series: readonly (readonly number[])[], line: number): number {
  let fires = 0
  for (const hours of series) {
    let isAbove = false
    for (const value of hours) {
      const wasAbove = isAbove
      isAbove = value > line
      if (isAbove && !wasAbove) fires += 1
    }
  }
  return fires
}

/** The number with the fewest digits near `value` that will do, two at least, lest it move far; `value` itself if none does. */
function rounded(value: number, does: (candidate: number) => boolean): number {
  if (value === 0) return value
  const size = Math.floor(Math.log10(Math.abs(value)))
  for (let digits = 2; digits <= 4; digits++) {
    for (const round of [Math.ceil, Math.floor]) {
      const places = digits - 1 - size
      const candidate = places >= 0 ? round(value * 10 ** places) / 10 ** places : round(value / 10 ** -places) * 10 ** -places
      if (does(candidate)) return candidate
    }
  }
  return value
}
