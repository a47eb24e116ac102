import { describe, expect, it } from 'vitest'
import { parseOptions } from '../plugin/parse-options.ts'
import { routeNode, routeProblems } from './route-node.ts'

const wrong = (route: unknown): string[] => {
  const parsed = parseOptions(routeNode, route)
  return parsed.ok ? [] : parsed.problems.map(({ path, error }) => `${error.code} ${path.join('.')}: ${error.message} · ${error.fix}`)
}

describe('routeNode', () => {
  it('reads routes in routes', () => {
    expect(routeNode.parse({ receivers: ['ops'], groupBy: ['...'], groupWait: '0s', routes: [{ matchers: ['a="1",b=~"x|y"', { name: 'c', type: '!=', value: '' }], level: 'critical', routes: [{ continue: true, repeatInterval: '1.5h' }] }] })).toEqual({
      receivers: ['ops'],
      groupBy: ['...'],
      groupWait: 0,
      routes: [
        {
          matchers: [
            { name: 'a', type: '=', value: '1' },
            { name: 'b', type: '=~', value: 'x|y' },
            { name: 'c', type: '!=', value: '' },
          ],
          level: 'critical',
          routes: [{ continue: true, repeatInterval: 5_400_000 }],
        },
      ],
    })
  })

  it.each([
    [{ groupBy: ['...', 'a'] }, 'E103 groupBy.0: "0" cannot be "..." · "..." stands for all labels: write it alone, or leave it out'],
    [{ groupBy: ['a', 'b', 'a'] }, 'E103 groupBy.2: "2" cannot be "a" · leave it out: it stands there already'],
    [{ groupInterval: '0s' }, 'E103 groupInterval: "groupInterval" cannot be "0s" · longer than "0s"'],
    [{ repeatInterval: '0s' }, 'E103 repeatInterval: "repeatInterval" cannot be "0s" · longer than "0s"'],
    [{ groupWait: 'soon' }, 'E104 groupWait: "groupWait" is not a duration: "soon" · write a number and ms, s, m, h, d or w: "5m"'],
    [{ routes: [{ recievers: ['a'] }] }, 'E102 routes.0.recievers: unknown key "recievers" · did you mean "receivers"?'],
    [{ routes: [{ level: 'red' }] }, 'E103 routes.0.level: "level" cannot be "red" · Invalid option: expected one of "warning"|"critical"'],
    [{ routes: [{ matchers: ['a~b'] }] }, expect.stringMatching(/^E103 routes\.0\.matchers\.0: /)],
    [{ routes: [{ matchers: [{ name: 'a', type: '=~', value: '(' }] }] }, expect.stringMatching(/^E103 routes\.0\.matchers\.0: .*the pattern of a=~"\(" cannot be read/)],
  ])('refuses %j', (route, problem) => {
    expect(wrong(route)).toEqual([problem])
  })
})

describe('routeProblems', () => {
  const targets = { receivers: ['ops', 'mail'], windows: ['nights'] }
  const problems = (route: Parameters<typeof routeProblems>[0]): string[] => routeProblems(route, targets, ['route']).map(({ path, error }) => `${error.code} ${path.join('.')}: ${error.message} · ${error.fix}`)

  it('finds nothing wrong with a sound tree', () => {
    expect(problems({ receivers: ['ops'], continue: false, matchers: [], routes: [{ receivers: [], muteWindows: ['nights'], activeWindows: ['nights'], continue: true }] })).toEqual([])
  })

  it('finds names that lead nowhere, however deep', () => {
    expect(problems({ receivers: ['opps'], routes: [{ routes: [{ receivers: ['mail', 'chat'], muteWindows: ['night'], activeWindows: ['days'] }] }] })).toEqual([
      'E106 route.receivers.0: unknown notifier "opps" · did you mean "ops"?',
      'E106 route.routes.0.routes.0.receivers.1: unknown notifier "chat" · known: ops, mail',
      'E103 route.routes.0.routes.0.muteWindows.0: unknown mute window "night" · did you mean "nights"?',
      'E103 route.routes.0.routes.0.activeWindows.0: unknown mute window "days" · known: nights',
    ])
  })

  it('finds a root that would not take everything', () => {
    expect(problems({ level: 'critical', matchers: [{ name: 'a', type: '=', value: '1' }], continue: true, muteWindows: ['nights'], activeWindows: ['nights'] }).map((line) => line.split(' · ')[0])).toEqual([
      'E103 route.matchers: the root route cannot have "matchers"',
      'E103 route.level: the root route cannot have "level"',
      'E103 route.continue: the root route cannot have "continue"',
      'E103 route.muteWindows: the root route cannot have "muteWindows"',
      'E103 route.activeWindows: the root route cannot have "activeWindows"',
      'E103 route.receivers: the root route names no receivers',
    ])
  })
})
