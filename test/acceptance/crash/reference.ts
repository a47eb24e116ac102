/** What each resource measures, pass after pass. */
export type Script = readonly Readonly<Record<string, number>>[]

/** What must have happened in the end, whatever broke down on the way. */
export interface Expected {
  /** `a none>critical`, in order. */
  readonly changes: readonly string[]
  /** Of each receiver, in order: `a new critical, b unchanged warning`. */
  readonly told: Readonly<Record<string, readonly string[]>>
}

type Level = 'none' | 'warning' | 'critical'

const levelOf = (value: number): Level => (value > 80 ? 'critical' : value > 60 ? 'warning' : 'none')

/** Which levels a receiver hears of. */
const HEARS: Readonly<Record<string, readonly Level[]>> = { ops: ['warning', 'critical'], pager: ['critical'] }

/**
 * A model of the whole, in so few lines that it can be checked by reading: levels follow from values alone, and a receiver is told whenever
 * what it hears of differs from what it was last told. It shares no code with what it is compared with.
 */
export function expected(script: Script): Expected {
  const changes: string[] = []
  const told: Record<string, string[]> = Object.fromEntries(Object.keys(HEARS).map((receiver) => [receiver, []]))
  let before: Readonly<Record<string, Level>> = {}
  for (const values of script) {
    const now = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, levelOf(value)]))
    for (const [name, level] of Object.entries(now)) if (level !== (before[name] ?? 'none')) changes.push(`${name} ${before[name] ?? 'none'}>${level}`)
    for (const [receiver, heard] of Object.entries(HEARS)) {
      const heardOf = (levels: Readonly<Record<string, Level>>, name: string): Level => (heard.includes(levels[name] ?? 'none') ? (levels[name] ?? 'none') : 'none')
      const lines = Object.keys(now).flatMap((name) => {
        const [was, is] = [heardOf(before, name), heardOf(now, name)]
        if (was === 'none' && is === 'none') return []
        return is === 'none' ? `${name} resolved` : `${name} ${was === 'none' ? 'new' : was === is ? 'unchanged' : 'changed'} ${is}`
      })
      if (lines.some((line) => !line.includes('unchanged'))) told[receiver]?.push(lines.sort().join(', '))
    }
    before = now
  }
  return { changes, told }
}
