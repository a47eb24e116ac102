import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { z } from 'zod'
import { fromAlertmanager } from '../../../packages/core/src/routing/alertmanager-import.ts'
import { groupKey } from '../../../packages/core/src/routing/group-key.ts'
import { routeNode, routeProblems } from '../../../packages/core/src/routing/route-node.ts'
import { compileRoutes, type MatchedRoute, type RouteNode } from '../../../packages/core/src/routing/route-tree.ts'
import { rename } from '../mutations.ts'

const names = z.array(z.string())
const path = z.array(z.int())
const labels = z.record(z.string(), z.string())
const matched = z.strictObject({
  path,
  receiver: z.string(),
  groupBy: names,
  groupWait: z.int(),
  groupInterval: z.int(),
  repeatInterval: z.int(),
  muteWindows: names.default([]),
  activeWindows: names.default([]),
})
const tree = z.strictObject({
  test: z.string(),
  file: z.string(),
  commit: z.string().optional(),
  note: z.string().optional(),
  route: z.looseObject({}),
  cases: z.array(z.strictObject({ labels, matched: z.array(matched).optional(), receivers: names.optional() })).default([]),
  walk: names.optional(),
  groupBy: z.array(z.strictObject({ path, groupBy: names })).default([]),
  paths: z.array(path).optional(),
})
const { trees } = z.looseObject({ trees: z.array(tree) }).parse(JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8')))

/** The route of an `alertmanager.yml` whose receivers are webhooks, so that each has one notifier of its name. */
function read(route: object): RouteNode {
  const receivers = [...new Set([...JSON.stringify(route).matchAll(/"receiver":"([^"]+)"/g)].map(([, name]) => name))]
  const { declaration } = fromAlertmanager(
    stringify({
      route,
      receivers: receivers.map((name) => ({ name, webhook_configs: [{ url: 'http://127.0.0.1/' }] })),
      time_intervals: ['w1', 'w2'].map((name) => ({ name, time_intervals: [{ weekdays: ['monday'] }] })),
    }),
  )
  const node = routeNode.parse(declaration.route)
  expect(routeProblems(node, { receivers: Object.keys(declaration.notify), windows: ['w1', 'w2'] })).toEqual([])
  return node
}

/** Every route, depth-first, with what it has in the end: as if an alert had reached it. */
function walk(node: RouteNode): MatchedRoute[] {
  const at = (whole: RouteNode, way: readonly number[]): RouteNode => {
    const [next, ...rest] = way
    const child = next === undefined ? undefined : whole.routes?.[next]
    const open = { ...whole, matchers: [], routes: [] }
    return child === undefined || next === undefined ? open : { ...open, routes: [...Array.from({ length: next }, () => ({ level: 'critical' as const })), at(child, rest)] }
  }
  const paths = (one: RouteNode, way: readonly number[]): (readonly number[])[] => [way, ...(one.routes ?? []).flatMap((child, index) => paths(child, [...way, index]))]
  return paths(node, []).flatMap((way) => compileRoutes(at(node, way))({}))
}

/** What Alertmanager has of a route, too. */
function asTheirs({ path, receivers, groupBy, groupWait, groupInterval, repeatInterval, muteWindows, activeWindows }: MatchedRoute): z.output<typeof matched> {
  return { path: [...path], receiver: receivers.join(), groupBy: [...groupBy], groupWait, groupInterval, repeatInterval, muteWindows: [...muteWindows], activeWindows: [...activeWindows] }
}

describe('Alertmanager, routing', () => {
  it('has all of its trees and cases', () => {
    expect(trees.map((one) => one.cases.length + (one.walk?.length ?? 0) + one.groupBy.length + (one.paths?.length ?? 0))).toEqual([8, 8, 8, 9, 4, 2, 12, 3, 1, 3, 1, 2, 4])
  })

  describe.each(trees.map((one) => [`${one.test}, ${one.file}`, one] as const))('%s', (_name, { route, cases, walk: receivers, groupBy, paths }) => {
    const node = read(route)
    const match = compileRoutes(node)

    it.each(cases.map((one) => [JSON.stringify(one.labels), one] as const))('%s', (_labels, one) => {
      const found = match(one.labels)
      expect(one.receivers ?? one.matched).toBeDefined()
      if (one.receivers !== undefined) expect(found.flatMap((route) => route.receivers)).toEqual(one.receivers)
      if (one.matched !== undefined) {
        expect(found.map(asTheirs)).toEqual(one.matched)
      }
    })

    it('has the same routes', () => {
      const all = walk(node)
      if (receivers !== undefined) expect(all.flatMap((route) => route.receivers)).toEqual(receivers)
      if (paths !== undefined) expect(all.map((route) => route.path)).toEqual(paths)
      for (const one of groupBy) expect(all.find((route) => route.path.join() === one.path.join())?.groupBy).toEqual(one.groupBy)
      expect(all.length).toBeGreaterThan(0)
    })
  })
})

describe('the same with other labels', () => {
  // A key of the configuration is not to be renamed with the label of that name.
  const labelsOf = ({ cases }: (typeof trees)[number]): string[] => cases.flatMap((one) => Object.keys(one.labels)).filter((name) => name !== 'group_by')
  const renamed = trees.filter((one) => labelsOf(one).length > 0).map((one) => ({ ...one, ...tree.pick({ route: true, cases: true }).parse(JSON.parse(rename(JSON.stringify({ route: one.route, cases: one.cases }), labelsOf(one)))) }))

  it.each(renamed.map((one) => [`${one.test}, ${one.file}`, one] as const))('%s', (_name, { route, cases, test, file }) => {
    const original = trees.find((one) => one.test === test && one.file === file)
    expect(cases.map((one) => one.labels)).not.toEqual(original?.cases.map((one) => one.labels))
    const match = compileRoutes(read(route))
    for (const one of cases) {
      const found = match(one.labels)
      if (one.receivers !== undefined) expect(found.flatMap((route) => route.receivers)).toEqual(one.receivers)
      if (one.matched !== undefined) expect(found.map(asTheirs)).toEqual(one.matched)
    }
  })
})

describe('for all labels', () => {
  const words = fc.constantFrom('team-A', 'team-B', 'testing', 'production', 'role', 'long', 'quux', 'critical', '')
  const anyLabels = fc.dictionary(fc.constantFrom('owner', 'env', 'job', 'group_by', 'wait', 'level', 'baz', 'test', 'constructor'), words)

  it.each(trees.map((one) => [`${one.test}, ${one.file}`, one] as const))('%s: at least one route, whatever their order', (_name, { route }) => {
    const match = compileRoutes(read(route))
    fc.assert(
      fc.property(anyLabels.chain((one) => fc.tuple(fc.constant(one), fc.shuffledSubarray(Object.keys(one), { minLength: Object.keys(one).length }))), ([one, order]) => {
        const shuffled = Object.fromEntries(order.map((name) => [name, one[name] ?? '']))
        const keys = (all: Readonly<Record<string, string>>): string[] => match(all).map(({ path, groupBy }) => groupKey(path, groupBy, all))
        expect(keys(one).length).toBeGreaterThan(0)
        expect(keys(shuffled)).toEqual(keys(one))
      }),
    )
  })
})
