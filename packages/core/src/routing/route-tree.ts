import type { Labels } from '../model/labels.ts'
import type { Level, Severity } from '../model/level.ts'
import type { EscalationStep } from './escalation.ts'
import { compileMatchers, type LabelTest, type Matcher } from './matcher.ts'

/**
 * One route with those below it. What is not set is taken from the route above, except `continue`, the conditions and the windows, which
 * hold for this route alone, as in Alertmanager.
 */
export interface RouteNode {
  /** Names of the notifiers that are told. `[]` tells nobody. */
  readonly receivers?: readonly string[] | undefined
  /** All must hold. Without any, and without `level`, every alert is taken. */
  readonly matchers?: readonly Matcher[] | undefined
  /** Takes only alerts that are at this level now. */
  readonly level?: Severity | undefined
  /** Whether the routes after this one are tried even when it takes the alert. Default false. */
  readonly continue?: boolean | undefined
  /** Label names, or only `...` for all labels. `[]` makes one group of all. */
  readonly groupBy?: readonly string[] | undefined
  /** Milliseconds that a new group waits for more alerts. Default 30s. */
  readonly groupWait?: number | undefined
  /** Milliseconds between two looks at a group. Default 5m. */
  readonly groupInterval?: number | undefined
  /** Milliseconds until what still fires is told again. Default 4h. */
  readonly repeatInterval?: number | undefined
  /** Whom to tell besides when nobody takes an alert on, and when. `[]` ends what the route above has. */
  readonly steps?: readonly EscalationStep[] | undefined
  /** Names of the windows in which this route is silent. */
  readonly muteWindows?: readonly string[] | undefined
  /** Names of the windows outside of which this route is silent. Default: it never is. */
  readonly activeWindows?: readonly string[] | undefined
  readonly routes?: readonly RouteNode[] | undefined
}

/** What a root does not set. */
export interface RouteDefaults {
  readonly groupBy: readonly string[]
  /** Milliseconds, as the other two. */
  readonly groupWait: number
  readonly groupInterval: number
  readonly repeatInterval: number
  readonly steps: readonly EscalationStep[]
}

const ROUTE_DEFAULTS: RouteDefaults = { groupBy: [], groupWait: 30_000, groupInterval: 300_000, repeatInterval: 4 * 3_600_000, steps: [] }

/** Why a route has an alert. `matched`: its conditions hold. `noChildMatched`: they hold, and those of no route below it do. `root`: no route below the root took it. */
export type RouteReason = 'matched' | 'noChildMatched' | 'root'

/** A route that took an alert, with everything it inherits. */
export interface MatchedRoute extends RouteDefaults {
  /** Index of each route on the way down from the root; `[]` is the root. */
  readonly path: readonly number[]
  readonly receivers: readonly string[]
  readonly muteWindows: readonly string[]
  readonly activeWindows: readonly string[]
  readonly reason: RouteReason
}

/** The routes that take an alert, in the order of the tree: at least one. Without a level, routes that ask for one take nothing. */
export type RouteMatch = (labels: Labels, level?: Level) => readonly MatchedRoute[]

interface CompiledRoute {
  readonly holds: LabelTest
  readonly level: Severity | undefined
  readonly continues: boolean
  readonly children: readonly CompiledRoute[]
  readonly route: MatchedRoute
}

/**
 * Makes a tree ready to match: depth-first, the first route that takes the alert wins unless it says `continue`, and a route none of whose
 * children take it has it itself. The root takes everything, whatever its conditions. Patterns are compiled here, once.
 *
 * @param defaults what the root does not set. Default: no labels to group by, 30s, 5m, 4h, no steps.
 * @throws TocsinError E103 for a pattern that RE2 does not take.
 */
export function compileRoutes(tree: RouteNode, defaults: Partial<RouteDefaults> = {}): RouteMatch {
  const root = compile(tree, { ...ROUTE_DEFAULTS, ...defaults, receivers: [] }, [])
  // Labels are never changed in place, and an alert keeps its own for as long as it lives.
  const known = new WeakMap<Labels, Partial<Record<Level | 'any', readonly MatchedRoute[]>>>()
  return (labels, level) => {
    let byLevel = known.get(labels)
    if (byLevel === undefined) {
      byLevel = {}
      known.set(labels, byLevel)
    }
    const before = byLevel[level ?? 'any']
    if (before !== undefined) return before
    const matched: MatchedRoute[] = []
    collect(root, labels, level, matched)
    byLevel[level ?? 'any'] = matched
    return matched
  }
}

function compile(node: RouteNode, above: RouteDefaults & { readonly receivers: readonly string[] }, path: readonly number[]): CompiledRoute {
  const { matchers = [], routes = [] } = node
  const inherited = {
    receivers: node.receivers ?? above.receivers,
    groupBy: node.groupBy ?? above.groupBy,
    groupWait: node.groupWait ?? above.groupWait,
    groupInterval: node.groupInterval ?? above.groupInterval,
    repeatInterval: node.repeatInterval ?? above.repeatInterval,
    steps: node.steps ?? above.steps,
  }
  return {
    // Comparing texts costs next to nothing, so it comes before the patterns.
    holds: compileMatchers(matchers.toSorted((a, b) => Number(isPattern(a)) - Number(isPattern(b)))),
    level: node.level,
    continues: node.continue ?? false,
    children: routes.map((child, index) => compile(child, inherited, [...path, index])),
    route: {
      ...inherited,
      path,
      muteWindows: node.muteWindows ?? [],
      activeWindows: node.activeWindows ?? [],
      reason: path.length === 0 ? 'root' : routes.length === 0 ? 'matched' : 'noChildMatched',
    },
  }
}

const isPattern = ({ type }: Matcher): boolean => type === '=~' || type === '!~'

function collect(node: CompiledRoute, labels: Labels, level: Level | undefined, matched: MatchedRoute[]): void {
  const before = matched.length
  for (const child of node.children) {
    if (child.level !== undefined && child.level !== level) continue
    if (!child.holds(labels)) continue
    collect(child, labels, level, matched)
    if (!child.continues) break
  }
  if (matched.length === before) matched.push(node.route)
}

/**
 * The tree of a route that only knows levels. Receivers of both levels have one route for both, so that an alert that changes its level stays in
 * its group there.
 *
 * @param critical default: those of `warning`.
 */
export function routeOfLevels(warning: readonly string[], critical: readonly string[] = warning): RouteNode {
  const both = warning.filter((name) => critical.includes(name))
  const only = (names: readonly string[]): string[] => names.filter((name) => !both.includes(name))
  const routes: RouteNode[] = [
    { receivers: both, continue: true },
    { level: 'warning', receivers: only(warning) },
    { level: 'critical', receivers: only(critical) },
  ]
  const [, ...others] = routes
  if (others.every(({ receivers }) => receivers?.length === 0)) return { receivers: both }
  return { receivers: [], routes: routes.filter(({ receivers }) => receivers?.length !== 0) }
}

/** Whether any route has steps to climb. */
export const hasSteps = ({ steps = [], routes = [] }: RouteNode): boolean => steps.length > 0 || routes.some(hasSteps)

/** Names of all receivers that some alert of this level can reach, steps included, in the order of the tree. Conditions on labels are taken to hold. */
export function reachable(tree: RouteNode, level: Severity, above: Pick<RouteNode, 'receivers' | 'steps'> = {}): readonly string[] {
  const { receivers = [], steps = [] } = { receivers: tree.receivers ?? above.receivers, steps: tree.steps ?? above.steps }
  const children = (tree.routes ?? []).filter((child) => child.level === undefined || child.level === level)
  // The node itself has what no child takes; a child without conditions takes everything.
  const hasNothing = children.some((child) => (child.matchers ?? []).length === 0 && child.continue !== true)
  const own = hasNothing ? [] : [...receivers, ...steps.flatMap((step) => ((step.level ?? level) === level ? step.notify : []))]
  return [...new Set([...children.flatMap((child) => reachable(child, level, { receivers, steps })), ...own])]
}
