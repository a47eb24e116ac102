/** Names and values that identify an alert and that routes match on. */
export type Labels = Readonly<Record<string, string>>

/** One string per label set, whatever the order of its keys. */
export function canonicalLabels(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}
