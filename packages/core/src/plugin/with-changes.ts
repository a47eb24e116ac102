type Options = Readonly<Record<string, unknown>>

/** Options with some of them changed: `undefined` takes one away, and an object changes only what it holds of one that is an object, too, or one length for both levels. */
export function withChanges(options: Options, changes: Options): Record<string, unknown> {
  const changed = { ...options }
  for (const [name, value] of Object.entries(changes)) {
    const before = LENGTHS.has(name) && isOptions(value) ? ofEachLevel(changed[name]) : changed[name]
    changed[name] = isOptions(value) && isOptions(before) ? withChanges(before, value) : value
  }
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined))
}

/** Options of every rule in which one length stands for both levels. */
const LENGTHS = new Set(['for', 'keepFiringFor'])

const ofEachLevel = (length: unknown): unknown => (typeof length === 'string' || typeof length === 'number' ? { warning: length, critical: length } : length)

const isOptions = (value: unknown): value is Options => typeof value === 'object' && value !== null && !Array.isArray(value)
