import type { TocsinError } from '@tocsin/core'
import { type Problem, problemsOf } from '../problem.ts'

/** So many are printed; the others are counted. */
const MOST_SHOWN = 20

/** What went wrong with files of points, each thing once though files are read more than once. */
export interface ProblemLog {
  readonly add: (problem: TocsinError) => void
  all(): readonly Problem[]
}

export function openProblemLog(): ProblemLog {
  const known = new Map<string, TocsinError>()
  return {
    add: (problem) => void known.set(String(problem), problem),
    all() {
      const problems = [...known.values()].flatMap(problemsOf)
      const [more] = problems.slice(MOST_SHOWN)
      if (more === undefined) return problems
      return [...problems.slice(0, MOST_SHOWN), { ...more, what: `${problems.length - MOST_SHOWN} more problems like these`, where: null }]
    },
  }
}
