const TAG = '$number'
const ODD: ReadonlyMap<string, number> = new Map([NaN, Infinity, -Infinity].map((number) => [String(number), number]))

/** JSON that keeps NaN and the infinities, which values and clocks may be. */
export function stringify(value: unknown): string {
  const text = JSON.stringify(value)
  // What JSON cannot say it writes as null. Nearly always there is none, and nothing else has to be looked for.
  return !text.includes('null') && !text.includes(`"${TAG}"`) ? text : isOrdinary(value) ? text : JSON.stringify(encoded(value))
}

/** What `stringify` wrote. */
export function parse(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return text.includes(`"${TAG}"`) ? decoded(value) : value
}

/** Whether JSON can say it as it is. */
function isOrdinary(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isOrdinary)
  for (const key in value) if (key === TAG || !isOrdinary((value as Record<string, unknown>)[key])) return false
  return true
}

function encoded(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [TAG]: String(value) }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(encoded)
  const inner = mapped(value, encoded)
  // A label may have any name: an object that looks like a number is wrapped.
  return TAG in value ? { [TAG]: inner } : inner
}

function decoded(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(decoded)
  if (!(TAG in value)) return mapped(value, decoded)
  const inner = value[TAG]
  return typeof inner === 'string' ? ODD.get(inner) : mapped(inner as object, decoded)
}

const mapped = (value: object, change: (inner: unknown) => unknown): object => Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]))
