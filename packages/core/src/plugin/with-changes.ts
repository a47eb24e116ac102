type Options = Readonly<Record<string, unknown>>

/** Options with some of them changed: `undefined` takes one away, and an object changes only what it holds of one that is an object, too. */
export function withChanges(options: Options, changes: Options): Record<string, unknown> {
  const changed = { ...options }
  for (const [name, value] of Object.entries(changes)) {
    const before = changed[name]
    changed[name] = isOptions(value) && isOptions(before) ? withChanges(before, value) : value
  }
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined))
}

const isOptions = (value: unknown): value is Options => typeof value === 'object' && value !== null && !Array.isArray(value)
