import { compileRoutes, type Labels, type Monitor, SEVERITIES } from '@tocsin/core'
import { z } from 'zod'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { withState } from '../run/open-state.ts'
import { silencesNow } from '../run/silences-now.ts'
import { windowsNow } from '../run/windows-now.ts'
import { usageError } from '../usage-error.ts'
import { type LevelRoutes, routedJson, routedLines } from '../view/routed.ts'
import { timelineOf } from '../view/timeline.ts'

const testOptions = z.object({ level: z.enum(SEVERITIES).optional() })

/** `tocsin routes test`: which routes take an alert, who is told, and when. */
export function routesTest(invocation: Invocation): Promise<Outcome> {
  const { level } = testOptions.parse(invocation.options)
  const labels = readLabels(invocation.args)
  return withState(invocation, { readOnly: true }, async ({ monitor, store, now }) => {
    const silences = await silencesNow(store, monitor.name, now)
    const match = matcherOf(monitor)
    const routed = (level === undefined ? SEVERITIES : [level]).map((one): LevelRoutes => {
      const matched = match(labels, one)
      return { level: one, matched, silences: silences({ ...labels, level: one }), timeline: timelineOf(matched, { labels, level: one }, Object.keys(monitor.notify)) }
    })
    const scene = { tree: monitor.route, windows: windowsNow(monitor.muteWindows, now) }
    const layout = { now, timeZone: monitor.timeZone, paint: invocation.paint }
    return {
      exit: EXIT.fine,
      data: { monitor: monitor.name, labels, levels: routed.map((one) => routedJson(one, scene)) },
      lines: routed.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...routedLines(one, labels, scene, layout)]),
      notes: aboutItself(labels),
      next: 'tocsin routes',
    }
  })
}

const matcherOf = ({ route, groupBy, groupWait, groupInterval, repeatInterval, steps }: Monitor) => compileRoutes(route, { groupBy, groupWait, groupInterval, repeatInterval, steps })

function readLabels(args: readonly string[]): Labels {
  return Object.fromEntries(
    args.map((arg) => {
      const at = arg.indexOf('=')
      if (at < 1) throw usageError(`"${arg}" is no label`, 'write name=value: rule=ec2.cpu', 'tocsin routes test')
      const name = arg.slice(0, at)
      if (name === 'level') throw usageError('the level is no label of an alert', 'write --level critical', 'tocsin routes test')
      return [name, arg.slice(at + 1)]
    }),
  )
}

const aboutItself = ({ rule }: Labels): string[] =>
  rule?.startsWith('tocsin.') === true ? ['an alert of Tocsin about itself goes to everybody where its routes tell nobody, and one about a channel (name=ops) never through that channel'] : []
