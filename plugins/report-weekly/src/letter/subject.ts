import type { Figures } from '../figures.ts'

/** `2 red, 5 amber (down 3)`, `all green`, `nothing was watched`. */
export function statusOf({ counts, coverage }: Pick<Figures, 'counts' | 'coverage'>): string {
  const { red, amber } = counts.now
  if (red + amber > 0) return `${[red > 0 ? `${red} red` : '', amber > 0 ? `${amber} amber` : ''].filter(Boolean).join(', ')}${trendOf(counts)}`
  if (coverage.expected === 0) return 'nothing was watched'
  if (coverage.watched === 0) return 'no data'
  // What was not seen cannot be called green.
  return `${coverage.watched < coverage.expected ? 'green where watched' : 'all green'}${trendOf(counts)}`
}

/** `14/14 watched`; nothing where nothing was expected. */
export function watchedOf({ expected, watched }: Figures['coverage']): string | undefined {
  return expected === 0 ? undefined : `${watched.toLocaleString('en-US')}/${expected.toLocaleString('en-US')} watched`
}

function trendOf({ now, before }: Figures['counts']): string {
  if (before === undefined) return ''
  const change = now.red + now.amber - before.red - before.amber
  return change === 0 ? '' : ` (${change > 0 ? 'up' : 'down'} ${Math.abs(change)})`
}
