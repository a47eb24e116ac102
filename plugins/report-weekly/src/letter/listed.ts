/** The beginning of a list, and how many were left out. */
export interface Listed<T> {
  readonly shown: readonly T[]
  readonly rest: number
  readonly count: number
}

export function listed<T, U>(all: readonly T[], most: number, view: (one: T) => U): Listed<U> {
  return { shown: all.slice(0, most).map(view), rest: Math.max(0, all.length - most), count: all.length }
}
