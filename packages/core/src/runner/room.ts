import type { Monitor } from '../config/monitor.ts'
import { TocsinError } from '../errors.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import type { AlertBook } from './alert-book.ts'

/** How many series each rule may still take on. Those that are known are never refused. */
export function roomOf(book: AlertBook, { seriesLimit }: Monitor): { take(rule: string): boolean } {
  const known = new Map<string, number>()
  for (const { subject } of book.all()) known.set(subject.rule, (known.get(subject.rule) ?? 0) + 1)
  return {
    take(rule) {
      const count = known.get(rule) ?? 0
      if (count >= seriesLimit) return false
      known.set(rule, count + 1)
      return true
    },
  }
}

/** Says that a rule has no more room. */
export function tooMany({ name }: WatchedRule, refused: number, limit: number): TocsinError {
  return new TocsinError('E403', `${name} has more than ${limit} series: ${refused} of the newest are not watched`, { where: name, fix: 'watch less by this rule, or raise "seriesLimit"', permanent: true })
}
