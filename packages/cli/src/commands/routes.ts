import { formatDuration, formatMatchers, type Monitor, oneLine, type RouteNode } from '@tocsin/core'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import type { Outcome } from '../outcome.ts'
import { shellWords } from '../text/shell-words.ts'
import { intervalsText } from '../view/interval-words.ts'
import { conditionsText, groupText, namesText, stepText } from '../view/route-words.ts'

/** `tocsin routes`: the tree of routes with what each of them says itself. */
export async function routes(invocation: Invocation): Promise<Outcome> {
  const { monitor } = await loadConfigured(invocation)
  const { muteWindows } = monitor
  const root = rootOf(monitor)
  return {
    exit: EXIT.fine,
    data: { monitor: monitor.name, root: nodeJson(root, []), muteWindows: muteWindows.map(({ name, intervals }) => ({ name, times: intervalsText(intervals) })) },
    lines: [
      `everything · ${saysText(root)}`,
      ...branches(root.routes ?? [], ''),
      ...(muteWindows.length === 0 ? [] : ['', ...muteWindows.map(({ name, intervals }) => `${namesText([name])}: ${intervalsText(intervals)}`)]),
    ],
    next: shellWords(['tocsin', 'routes', 'test', `rule=${oneLine(monitor.watch[0]?.rules[0]?.name ?? 'ec2.cpu')}`]),
  }
}

/** The root with what the monitor gives it. */
function rootOf({ route, groupBy, groupWait, groupInterval, repeatInterval, steps }: Monitor): RouteNode {
  return { ...route, groupBy: route.groupBy ?? groupBy, groupWait: route.groupWait ?? groupWait, groupInterval: route.groupInterval ?? groupInterval, repeatInterval: route.repeatInterval ?? repeatInterval, steps: route.steps ?? steps }
}

function branches(nodes: readonly RouteNode[], indent: string): string[] {
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1
    const says = saysText(node)
    return [`${indent}${isLast ? '└─' : '├─'} ${oneLine(conditionsText(node))}${says === '' ? '' : ` · ${says}`}`, ...branches(node.routes ?? [], `${indent}${isLast ? '  ' : '│ '} `)]
  })
}

/** What a route says itself; all else it has from the route above. */
function saysText(node: RouteNode): string {
  const { receivers, groupBy, groupWait, groupInterval, repeatInterval, steps, muteWindows = [], activeWindows = [] } = node
  return [
    receivers === undefined ? undefined : `tells ${namesText(receivers)}`,
    groupBy === undefined ? undefined : groupText(groupBy),
    groupWait === undefined ? undefined : `first ${groupWait === 0 ? 'at once' : `after ${formatDuration(groupWait)}`}`,
    groupInterval === undefined ? undefined : `news every ${formatDuration(groupInterval)}`,
    repeatInterval === undefined ? undefined : `again every ${formatDuration(repeatInterval)}`,
    ...(steps ?? []).map((step) => `then ${stepText(step)}`),
    muteWindows.length === 0 ? undefined : `silent in ${namesText(muteWindows)}`,
    activeWindows.length === 0 ? undefined : `silent but in ${namesText(activeWindows)}`,
    node.continue ? 'then goes on with the next route' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ')
}

interface NodeJson extends Record<string, unknown> {
  readonly routes: readonly NodeJson[]
}

/** What a route says itself is given, null what it has from the route above. */
function nodeJson(node: RouteNode, path: readonly number[]): NodeJson {
  const seconds = (ms: number | undefined): number | null => (ms === undefined ? null : ms / 1_000)
  return {
    path,
    matchers: formatMatchers(node.matchers ?? []),
    level: node.level ?? null,
    continue: node.continue ?? false,
    receivers: node.receivers ?? null,
    groupBy: node.groupBy ?? null,
    groupWaitSeconds: seconds(node.groupWait),
    groupIntervalSeconds: seconds(node.groupInterval),
    repeatIntervalSeconds: seconds(node.repeatInterval),
    steps: node.steps?.map(({ after, notify, level, repeat }) => ({ afterSeconds: after / 1_000, notify, level: level ?? null, repeatSeconds: seconds(repeat) })) ?? null,
    muteWindows: node.muteWindows ?? [],
    activeWindows: node.activeWindows ?? [],
    routes: (node.routes ?? []).map((child, index) => nodeJson(child, [...path, index])),
  }
}
