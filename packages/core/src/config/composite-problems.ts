import { conditionRefs } from '../alerting/condition.ts'
import { TocsinError } from '../errors.ts'
import type { Problem } from '../plugin/rule.ts'
import { suggest } from '../plugin/suggest.ts'
import type { Composite } from './composite.ts'

interface Declared {
  readonly name: string
  readonly composites: Readonly<Record<string, Composite>>
}

/**
 * What is wrong with conditions that only the whole monitor shows (E103): rules of this monitor that there are not, and composites that are made
 * of themselves. Rules of other monitors are not known here.
 *
 * @param rules names of the rules that are watched.
 */
export function compositeProblems({ name: monitor, composites }: Declared, rules: readonly string[]): Problem[] {
  const own = [...rules, ...Object.keys(composites).map((name) => `composite.${name}`)]
  return Object.entries(composites).flatMap(([name, { when }]) => {
    const path = ['composites', name, 'when']
    const wrong = (what: string, fix: string): Problem => ({ path, error: new TocsinError('E103', what, { fix }) })
    const unknown = conditionRefs(when).flatMap((ref) => {
      const [first = '', rule] = ref.split('/')
      if (first !== monitor) return own.includes(first) ? [wrong(`"${ref}" names a rule without its monitor`, `write "${monitor}/${ref}"`)] : []
      if (rule === undefined) return [wrong(`"${ref}" is the monitor that this is a part of`, `name its rules: ${suggest('', own.map((one) => `${monitor}/${one}`))}`)]
      return own.includes(rule) ? [] : [wrong(`unknown rule "${rule}"`, suggest(rule, own))]
    })
    return unknown.length === 0 && reaches(name, name, monitor, composites, new Set()) ? [wrong(`the composite "${name}" is made of itself`, 'take one of the references out of the circle')] : unknown
  })
}

function reaches(from: string, target: string, monitor: string, composites: Declared['composites'], seen: Set<string>): boolean {
  const composite = composites[from]
  if (composite === undefined || seen.has(from)) return false
  seen.add(from)
  const parts = conditionRefs(composite.when).flatMap((ref) => {
    const [first, rule = ''] = ref.split('/')
    return first === monitor && rule.startsWith('composite.') ? [rule.slice('composite.'.length)] : []
  })
  return parts.some((part) => part === target || reaches(part, target, monitor, composites, seen))
}
