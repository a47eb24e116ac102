import { TocsinError } from '../errors.ts'

/** The coded errors that the steps throw, one a step at most: for a `check` made of the steps that `create` takes. Other errors pass through. */
export function thrownBy(...steps: readonly (() => unknown)[]): TocsinError[] {
  return steps.flatMap((step) => {
    try {
      step()
      return []
    } catch (error) {
      if (error instanceof TocsinError) return [error]
      throw error
    }
  })
}
