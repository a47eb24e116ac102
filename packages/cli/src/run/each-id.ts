import { EXIT, type ExitCode, exitCodeOf, strongest } from '../exit-code.ts'
import { type Problem, problemsOf } from '../problem.ts'

/** What came of one call for each of several ids. */
export interface EachId<T> {
  readonly done: readonly T[]
  readonly problems: readonly Problem[]
  readonly exit: ExitCode
}

/** Does something for each id that was typed, once. One that cannot be found does not keep the others back. */
export async function eachId<T>(ids: readonly string[], act: (id: string) => Promise<T>): Promise<EachId<T>> {
  const done: T[] = []
  const problems: Problem[] = []
  for (const id of new Set(ids)) {
    try {
      done.push(await act(id))
    } catch (error) {
      problems.push(...problemsOf(error).map((problem) => ({ ...problem, where: problem.where ?? id })))
    }
  }
  return { done, problems, exit: problems.length === 0 ? EXIT.fine : strongest(problems.map(({ code }) => exitCodeOf(code))) }
}
