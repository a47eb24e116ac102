import { describe, expect, it } from 'vitest'
import type { Level } from '../model/level.ts'
import type { Matcher } from './matcher.ts'
import { compileRoutes, type RouteNode, routeOfLevels } from './route-tree.ts'

const is = (name: string, value: string, type: Matcher['type'] = '='): Matcher => ({ name, type, value })
const told = (tree: RouteNode, labels: Readonly<Record<string, string>>, level?: Level): string[] => compileRoutes(tree)(labels, level).flatMap(({ receivers }) => receivers)

describe('compileRoutes', () => {
  it('gives the root what it does not set', () => {
    expect(compileRoutes({})({ a: '1' })).toEqual([
      { path: [], receivers: [], groupBy: [], groupWait: 30_000, groupInterval: 300_000, repeatInterval: 14_400_000, steps: [], muteWindows: [], activeWindows: [], reason: 'root' },
    ])
    expect(compileRoutes({ groupWait: 0 }, { groupBy: ['rule'], groupWait: 1, repeatInterval: 2 })({})).toMatchObject([{ groupBy: ['rule'], groupWait: 0, groupInterval: 300_000, repeatInterval: 2 }])
  })

  it('names why a route has an alert', () => {
    const match = compileRoutes({ receivers: ['all'], routes: [{ matchers: [is('a', '1')], routes: [{ matchers: [is('b', '1')] }] }] })
    expect([{}, { a: '1' }, { a: '1', b: '1' }].map((labels) => match(labels).map(({ path, reason }) => [path, reason]))).toEqual([[[[], 'root']], [[[0], 'noChildMatched']], [[[0, 0], 'matched']]])
  })

  it('hands everything down but the conditions, continue and the windows', () => {
    const match = compileRoutes({
      receivers: ['all'],
      groupBy: ['x'],
      routes: [
        { matchers: [is('a', '1')], continue: true, muteWindows: ['nights'], activeWindows: ['days'], groupWait: 1, groupInterval: 2, repeatInterval: 3, routes: [{}] },
        { receivers: ['last'] },
      ],
    })
    expect(match({ a: '1' })).toMatchObject([
      { path: [0, 0], receivers: ['all'], groupBy: ['x'], groupWait: 1, groupInterval: 2, repeatInterval: 3, muteWindows: [], activeWindows: [] },
      { path: [1], receivers: ['last'], groupWait: 30_000 },
    ])
  })

  it('goes on after a route that says so, and inside it not', () => {
    const tree: RouteNode = { receivers: ['all'], routes: [{ continue: true, receivers: ['a'], routes: [{ receivers: ['a1'] }, { receivers: ['a2'] }] }, { receivers: ['b'] }, { receivers: ['c'] }] }
    expect(told(tree, {})).toEqual(['a1', 'b'])
  })

  it('lets an empty list of receivers and of labels stand', () => {
    expect(compileRoutes({ receivers: ['all'], groupBy: ['x'], routes: [{ receivers: [], groupBy: [] }] })({})).toMatchObject([{ receivers: [], groupBy: [] }])
  })

  it('matches the root whatever its conditions', () => {
    expect(told({ receivers: ['all'], level: 'critical', matchers: [is('a', '1')] }, {}, 'warning')).toEqual(['all'])
  })

  it('matches the level an alert has now, which is no label', () => {
    const tree: RouteNode = { receivers: ['all'], routes: [{ level: 'warning', receivers: ['amber'] }, { level: 'critical', matchers: [is('level', 'x')], receivers: ['red'] }] }
    expect(told(tree, {}, 'warning')).toEqual(['amber'])
    expect(told(tree, { level: 'x' }, 'critical')).toEqual(['red'])
    expect(told(tree, { level: 'critical' }, 'critical')).toEqual(['all'])
    expect(told(tree, { level: 'warning' })).toEqual(['all'])
    expect(told(tree, {}, 'none')).toEqual(['all'])
  })

  it('wants all conditions, patterns as a whole', () => {
    const tree: RouteNode = { receivers: ['all'], routes: [{ receivers: ['a'], matchers: [is('a', 'x|y', '=~'), is('b', ''), is('c', 'z', '!=')] }] }
    expect(told(tree, { a: 'x' })).toEqual(['a'])
    expect([{ a: 'xy' }, { a: 'x', b: '1' }, { a: 'x', c: 'z' }, {}].map((labels) => told(tree, labels))).toEqual([['all'], ['all'], ['all'], ['all']])
  })

  it('refuses a pattern that RE2 does not take', () => {
    expect(() => compileRoutes({ routes: [{ matchers: [is('a', '(?=x)', '=~')] }] })).toThrow(/cannot be read/)
  })
})

describe('routeOfLevels', () => {
  const receivers = (tree: RouteNode): string[][] => [told(tree, {}, 'warning'), told(tree, {}, 'critical')].map((names) => names.sort())

  it.each([
    [['ops'], ['ops']],
    [['ops'], ['mail', 'ops']],
    [['chat', 'ops'], ['mail', 'ops']],
    [['chat'], ['mail']],
    [[], ['mail']],
    [['chat'], []],
    [[], []],
  ])('tells %j of warnings and %j of critical alerts', (warning, critical) => {
    expect(receivers(routeOfLevels(warning, critical))).toEqual([warning, critical])
  })

  it('tells those of warnings of critical alerts, too, when nobody else is named', () => {
    expect(receivers(routeOfLevels(['ops']))).toEqual([['ops'], ['ops']])
  })

  it('keeps an alert that changes its level in its group at those who hear of both', () => {
    const match = compileRoutes(routeOfLevels(['chat', 'ops'], ['ops', 'mail']))
    const pathOf = (level: Level, name: string): unknown => match({}, level).find(({ receivers }) => receivers.includes(name))?.path
    expect(pathOf('critical', 'ops')).toEqual(pathOf('warning', 'ops'))
    expect(pathOf('warning', 'mail')).toBeUndefined()
  })
})

it('matches 20,000 alerts against 1,000 routes in a moment', () => {
  const match = compileRoutes({ receivers: ['all'], routes: Array.from({ length: 1_000 }, (_, index) => ({ matchers: [is('team', `t${index}`, '=~'), is('env', 'prod')], receivers: [`r${index}`] })) })
  const before = performance.now()
  let found = 0
  for (let index = 0; index < 20_000; index++) if (match({ team: `t${index % 2_000}`, env: index % 3 === 0 ? 'prod' : 'dev' })[0]?.reason === 'matched') found++
  expect(found).toBe(3_334)
  expect(performance.now() - before).toBeLessThan(10_000)
})
