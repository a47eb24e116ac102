/** How to take a change back: the steps run in reverse when a transaction fails. */
export type Undo = (() => void)[]

/** Sets an entry, or deletes it for `undefined`, and remembers how to take that back. */
export function change<V>(map: Map<string, V>, key: string, value: V | undefined, undo: Undo): void {
  const before = map.get(key)
  undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)))
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
