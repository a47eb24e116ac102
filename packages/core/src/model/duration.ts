/** A length of time as people write it: `500ms`, `30s`, `5m`, `4h`, `7d`, `2w`. Decimals are allowed (`1.5h`). */
export type Duration = `${number}${DurationSuffix}`
type DurationSuffix = 'ms' | 's' | 'm' | 'h' | 'd' | 'w'

const MILLISECONDS: Readonly<Record<DurationSuffix, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const PATTERN = /^(\d+(?:\.\d+)?)(ms|[smhdw])$/

/** Milliseconds of a duration, or `undefined` when the text is not one. Never negative. */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text)
  if (!match) return undefined
  return Number(match[1]) * MILLISECONDS[match[2] as DurationSuffix]
}

/** Milliseconds of a duration that the type system or a schema has already checked. */
export function milliseconds(duration: Duration): number {
  const parsed = parseDuration(duration)
  if (parsed === undefined) throw new RangeError(`not a duration: ${duration}`)
  return parsed
}

/** At most two parts, largest first: `2h 5m`, `45s`, `300ms`. For people, not for parsing. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))}ms`
  let rest = Math.round(ms / 1_000)
  const parts: string[] = []
  for (const [suffix, size] of [['d', 86_400], ['h', 3_600], ['m', 60], ['s', 1]] as const) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${suffix}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join(' ')
}
