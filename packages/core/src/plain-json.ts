const TAG = '$number'

/** JSON that keeps NaN and the infinities, which values and clocks may be. */
export function stringify(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'number' && !Number.isFinite(inner) ? { [TAG]: String(inner) } : inner))
}

export function parse(text: string): unknown {
  return JSON.parse(text, (_key, inner: unknown) => (typeof inner === 'object' && inner !== null && TAG in inner ? Number(inner[TAG]) : inner))
}
