import type { Labels } from '../model/labels.ts'

/** In place of label names: group by all labels there are, so that only alerts with the same labels share a group. */
export const ALL_LABELS = '...'

/**
 * The labels that a group has in common, by name. A label that an alert does not have reads as `""`, so with `...`, too, an empty label and a
 * missing one are the same.
 *
 * @param groupBy label names, or only `...`.
 */
export function groupLabels(groupBy: readonly string[], labels: Labels): Labels {
  const names = groupBy.includes(ALL_LABELS) ? Object.keys(labels).filter((name) => labels[name] !== '') : groupBy
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, Object.hasOwn(labels, name) ? (labels[name] ?? '') : '']))
}

/**
 * What tells one group of alerts from all others: the place of its route in the tree and the labels it is grouped by. The same for the same
 * route and labels, whatever their order: `/0/2{cluster="a",name=""}`; of the root `/{}`.
 *
 * @param path index of each route on the way down from the root, `[]` for the root itself.
 * @param groupBy label names, or only `...`.
 */
export function groupKey(path: readonly number[], groupBy: readonly string[], labels: Labels): string {
  const parts = Object.entries(groupLabels(groupBy, labels)).map(([name, value]) => `${PLAIN_NAME.test(name) ? name : JSON.stringify(name)}=${JSON.stringify(value)}`)
  return `/${path.join('/')}{${parts.join(',')}}`
}

const PLAIN_NAME = /^[A-Za-z_][\w.:-]*$/
