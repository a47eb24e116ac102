import { z } from 'zod'
import { asTocsinError, TocsinError } from '../errors.ts'
import { SEVERITIES } from '../model/level.ts'
import { duration } from '../plugin/rule-options.ts'
import type { Problem } from '../plugin/rule.ts'
import { suggest } from '../plugin/suggest.ts'
import type { EscalationStep } from './escalation.ts'
import { ALL_LABELS } from './group-key.ts'
import { type Matcher, matcherSchema, patternProblem } from './matcher.ts'
import { parseMatchers } from './parse-matchers.ts'
import type { RouteNode } from './route-tree.ts'

/** Schema of conditions that must all hold: texts such as `team="db"`, `{team="db",tier!="test"}`, or matchers as objects. */
export const matcherList = z.array(z.union([z.string(), matcherSchema], 'a text such as \'team="db"\'')).transform((list, context): readonly Matcher[] =>
  list.flatMap((entry, index) => {
    try {
      const matchers = typeof entry === 'string' ? parseMatchers(entry).matchers : [entry]
      for (const problem of matchers.map(patternProblem)) if (problem !== undefined) throw problem
      return matchers
    } catch (error) {
      const { message, fix } = asTocsinError(error, 'E103', { fix: '' })
      context.addIssue({ code: 'custom', path: [index], input: entry, message: [message, fix].filter(Boolean).join(': ') })
      return []
    }
  }),
)

const names = z.array(z.string().min(1))

/** Schema of an escalation step: one name or several, durations as `15m`. */
const step = z.strictObject({
  after: duration.describe('How long after the group was first told.'),
  notify: z.union([z.string().min(1).transform((name) => [name]), names]).describe('Who is told then: a name of `notify`, or several.'),
  level: z.enum(SEVERITIES).optional().describe('Only for alerts of this level. Default: of both.'),
  repeat: duration.refine((ms) => ms > 0, 'longer than "0s"').optional().describe('How often those of this step are told again. Default: as the route says.'),
})

/** Schema of the steps of a route. */
export const escalationSteps = z.array(step).transform((steps): readonly EscalationStep[] =>
  steps.map(({ level, repeat, ...rest }) => ({ ...rest, ...(level === undefined ? {} : { level }), ...(repeat === undefined ? {} : { repeat }) })),
)

const positive = duration.refine((ms) => ms > 0, 'longer than "0s"')

const groupBy = names.superRefine((labels, context) => {
  const refuse = (index: number, message: string): void => context.addIssue({ code: 'custom', path: [index], input: labels[index], message })
  labels.forEach((label, index) => {
    if (labels.indexOf(label) !== index) refuse(index, 'leave it out: it stands there already')
    else if (label === ALL_LABELS && labels.length > 1) refuse(index, `"${ALL_LABELS}" stands for all labels: write it alone, or leave it out`)
  })
})

/** What a declaration says of a route: durations as `5m`, matchers as texts such as `team="db"` or as objects. */
export type RouteInput = Omit<z.input<typeof shape>, 'routes'> & { readonly routes?: readonly RouteInput[] | undefined }

const shape = z.strictObject({
  receivers: names.optional().describe('Who is told: names of `notify`. Default: those of the route above; the root must name some.'),
  matchers: matcherList.optional().describe('Conditions on labels that must all hold: `team="db"`, `name=~"web-.*"`. Default: every alert.'),
  level: z.enum(SEVERITIES).optional().describe('Only alerts of this level. Default: of both.'),
  continue: z.boolean().optional().describe('Whether the routes beside and after this one are tried, too. Default false.'),
  groupBy: groupBy.optional().describe('Labels by which alerts are told together; `...` for each alert alone. Default: as above.'),
  groupWait: duration.optional().describe('How long a new group waits for more alerts. Default: as above.'),
  groupInterval: positive.optional().describe('Time between two looks at a group that was told. Default: as above.'),
  repeatInterval: positive.optional().describe('How often a firing alert is told again. Default: as above.'),
  steps: escalationSteps.optional().describe('Whom to tell besides while nobody takes an alert on, and when. Default: as above.'),
  muteWindows: names.optional().describe('Names of `muteWindows`: while one of them holds, nothing is told. Default: none.'),
  activeWindows: names.optional().describe('Names of `muteWindows`: only while one of them holds, something is told. Default: always.'),
})

/** Schema of a route and those below it, in declarations. Names that lead nowhere are found by `routeProblems`. */
export const routeNode: z.ZodType<RouteNode, RouteInput> = shape.extend({
  get routes() {
    return z.array(routeNode).optional().describe('Routes below: the first that takes an alert decides, unless it says `continue`. Default: none.')
  },
})

/** What routes refer to. */
export interface RouteTargets {
  readonly receivers: readonly string[]
  readonly windows: readonly string[]
}

/** What only the whole configuration shows to be wrong with a tree: names of nothing (E106, E103), and a root that would not take everything (E103). */
export function routeProblems(root: RouteNode, targets: RouteTargets, base: readonly PropertyKey[] = []): Problem[] {
  return [...rootProblems(root, base), ...unknownNames(root, targets, base)]
}

function rootProblems(root: RouteNode, base: readonly PropertyKey[]): Problem[] {
  const fix = 'leave it out, or put it on a route below: the root takes every alert'
  const wrong = (['matchers', 'level', 'continue', 'muteWindows', 'activeWindows'] as const).filter((key) => isSet(root[key]))
  const misplaced = wrong.map((key): Problem => ({ path: [...base, key], error: new TocsinError('E103', `the root route cannot have "${key}"`, { fix }) }))
  if (root.receivers !== undefined) return misplaced
  return [...misplaced, { path: [...base, 'receivers'], error: new TocsinError('E103', 'the root route names no receivers', { fix: 'add those that are told when no route below takes an alert: receivers: [ops]' }) }]
}

const isSet = (value: RouteNode[keyof RouteNode]): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false)

function unknownNames(node: RouteNode, targets: RouteTargets, base: readonly PropertyKey[]): Problem[] {
  const check = (key: 'receivers' | 'muteWindows' | 'activeWindows', known: readonly string[], code: 'E106' | 'E103', what: string): Problem[] =>
    (node[key] ?? []).flatMap((name, index) => (known.includes(name) ? [] : [{ path: [...base, key, index], error: new TocsinError(code, `unknown ${what} "${name}"`, { fix: suggest(name, known) }) }]))
  return [
    ...stepProblems(node.steps ?? [], targets.receivers, [...base, 'steps']),
    ...check('receivers', targets.receivers, 'E106', 'notifier'),
    ...check('muteWindows', targets.windows, 'E103', 'mute window'),
    ...check('activeWindows', targets.windows, 'E103', 'mute window'),
    ...(node.routes ?? []).flatMap((child, index) => unknownNames(child, targets, [...base, 'routes', index])),
  ]
}

/** Names of steps that lead nowhere (E106). */
export function stepProblems(steps: readonly EscalationStep[], receivers: readonly string[], base: readonly PropertyKey[]): Problem[] {
  return steps.flatMap(({ notify }, index) =>
    notify.flatMap((name) => (receivers.includes(name) ? [] : [{ path: [...base, index, 'notify'], error: new TocsinError('E106', `unknown notifier "${name}"`, { fix: suggest(name, receivers) }) }])),
  )
}
