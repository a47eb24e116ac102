import { oneLine } from '../../one-line.ts'
import { composeTitle } from '../../message/compose.ts'
import { formatDuration } from '../../model/duration.ts'
import { levelWord, SEVERITIES } from '../../model/level.ts'
import { formatQuantity } from '../../model/quantity.ts'
import type { Transition } from '../../model/transition.ts'
import type { GroupCourse } from './evidence.ts'
import type { ExplainedPoint, ExplainedStep } from './explanation.ts'
import { pointSteps } from './points.ts'
import { afterText, clockText, muteText, type Scene } from './scene.ts'
import { type Seen, seenBy } from './told.ts'
import { DECISION_WORDS, DELIVERY_WORDS, HEALTH_WORDS, KIND_WORDS, PHASE_WORDS, REASON_WORDS, ROUTE_WORDS } from './words.ts'

const ORDER: readonly ExplainedStep['link'][] = ['points', 'state', 'person', 'judgement', 'route', 'decision', 'delivery']

/** The chain from the points to the receivers' answers, in the order in which it happened. */
export function timelineOf(scene: Scene, points: readonly ExplainedPoint[]): readonly ExplainedStep[] {
  const steps = [...pointSteps(scene, points), ...scene.events.map((event) => stateStep(event, scene)), ...judgementSteps(scene), ...scene.groups.flatMap((group) => groupSteps(group, scene))]
  const rank = new Map(ORDER.map((link, index) => [link, index]))
  return steps.toSorted((a, b) => a.at - b.at || (rank.get(a.link) ?? 0) - (rank.get(b.link) ?? 0))
}

const LEVELLED: ReadonlySet<Transition['kind']> = new Set(['fired', 'refired', 'escalated', 'deescalated'])
const PERSONAL: ReadonlySet<Transition['kind']> = new Set(['acknowledged', 'unacknowledged', 'snoozed', 'unsnoozed'])

function stateStep({ at, kind, to, value, code, reason, by, slots }: Transition, { subject }: Scene): ExplainedStep {
  const what = `it ${KIND_WORDS[kind]}${LEVELLED.has(kind) ? ` ${levelWord(to)}` : ''}${by === undefined ? '' : ` by ${oneLine(by)}`}`
  const said = reason === '' || reason === code || reason === REASON_WORDS[code] ? '' : ` (${oneLine(reason)})`
  if (PERSONAL.has(kind)) return { at, link: 'person', code, text: `${what}${said}${code === 'person' ? '' : `: ${REASON_WORDS[code]}`}` }
  const measured = Number.isNaN(value) ? 'no value' : subject === undefined ? String(value) : formatQuantity(value, subject.unit)
  const lasted = code === 'forElapsed' && subject !== undefined && to !== 'none' ? `, ${formatDuration(subject.for[to])}` : ''
  return { at, link: 'state', code, text: `${what}, at ${measured}${said}: ${REASON_WORDS[code]}${lasted}${windowText(slots)}` }
}

const SLOTS: Readonly<Record<string, string>> = { '-': 'missing', '0': 'well', w: 'AMBER', c: 'RED' }

/** ` · points of the window: well RED missing RED`. */
const windowText = (slots: string | undefined): string => (slots === undefined || slots.length < 2 ? '' : ` · points of the window: ${Array.from(slots, (slot) => SLOTS[slot] ?? slot).join(' ')}`)

/** The state as it is stored, where nothing has happened since the instant that is explained. */
function judgementSteps(scene: Scene): ExplainedStep[] {
  const { alert, at, current, monitor } = scene
  if (alert === undefined || !current) return []
  const { state, subject } = alert
  const judgedAt = state.missedAt ?? state.lastAt
  if (!Number.isFinite(judgedAt) || judgedAt > at) return []
  const rule = monitor.watch.flatMap(({ rules }) => rules).find(({ name }) => name === subject.rule)
  const latched = SEVERITIES.findLast((level) => state[level].latched)
  const reason = state.reason === '' ? '' : ` (${oneLine(state.reason)})`
  const parts = [
    `${HEALTH_WORDS[state.health]}${state.health === 'ok' ? `: ${formatQuantity(state.value, subject.unit)}${reason}, ${PHASE_WORDS[state.phase]}${state.level === 'none' ? '' : ` ${levelWord(state.level)}`}` : ''}`,
    ...(latched === undefined ? [] : [`latched at ${levelWord(latched)}: it stays hot until a point clears it`]),
    ...SEVERITIES.flatMap((level) => {
      const { phase, since } = state[level]
      if (phase === 'pending') return [`${levelWord(level)} has been hot since ${clockText(since, scene)}, and fires once that lasts ${afterText(subject.for[level])}`]
      const keep = rule?.options.keepFiringFor[level]
      return phase === 'recovering' ? [`${levelWord(level)} has been well since ${clockText(since, scene)}${keep === undefined ? '' : `, and ends once that lasts ${afterText(keep)} (by the present configuration)`}`] : []
    }),
    ...(state.flapping ? ['it flaps'] : []),
  ]
  return [{ at: judgedAt, link: 'judgement', code: state.health === 'ok' ? state.phase : state.health, text: `${parts.join(' · ')}${windowText(state.slots)}` }]
}

function groupSteps(group: GroupCourse, scene: Scene): ExplainedStep[] {
  const seen = seenBy(scene, group)
  const { receiver, key } = group
  const place = { receiver, group: key }
  const routed = seen.find(({ decision }) => decision.route !== undefined)?.decision
  const route = routed?.route
  const routeStep: ExplainedStep[] =
    route === undefined || routed === undefined
      ? []
      : [
          {
            at: routed.at,
            link: 'route',
            code: route.reason,
            text: `${route.path.length === 0 ? 'the root route' : `route ${route.path.join('.')}`} takes it for ${oneLine(receiver)} (${ROUTE_WORDS[route.reason]}), group ${oneLine(key)}: first ${afterText(route.groupWait)}, news every ${formatDuration(route.groupInterval)}, again every ${formatDuration(route.repeatInterval)}`,
            ...place,
          },
        ]
  return [...routeStep, ...seen.flatMap((one) => [...decisionSteps(one, receiver, scene).map((step) => ({ ...step, ...place })), ...deliverySteps(one, receiver, scene).map((step) => ({ ...step, ...place }))])]
}

function decisionSteps({ decision, standing, moved, message }: Seen, receiver: string, scene: Scene): ExplainedStep[] {
  const who = oneLine(receiver)
  const { at } = decision
  const step = (code: ExplainedStep['code'], text: string): ExplainedStep => ({ at, link: 'decision', code, text, ...(message === undefined ? {} : { message }) })
  if (message !== undefined) {
    const row = scene.messages.get(message)?.row
    const said = row === undefined ? '' : `: "${oneLine(composeTitle(row.notification))}"`
    const code = row?.notification.reason ?? decision.decision
    return [step(code, `queued for ${who}${said} (${code === 'rerouted' ? 'it is told to others now' : DECISION_WORDS[decision.decision]}; message ${message.slice(0, 8)})`)]
  }
  if (!moved || standing === undefined) return [step(decision.decision, `${who} is not told again: ${DECISION_WORDS[decision.decision]}`)]
  switch (standing.is) {
    case 'muted':
      return [step(standing.by.by, `${who} is told nothing: ${muteText(standing.by, at, scene)}`)]
    case 'endHeld':
      return [step(standing.by.by, `${who} is not told of the end: ${muteText(standing.by, at, scene)}`)]
    case 'waiting':
    case 'endWaiting': {
      const code = decision.waitsFor ?? 'groupInterval'
      return [step(code, `${who} hears of ${standing.is === 'waiting' ? 'it' : 'the end'} ${decision.nextAt === undefined ? 'later' : `at ${clockText(decision.nextAt, scene)}`}, when the group is looked at (${code})`)]
    }
    case 'endNotWanted':
      return [step('endNotWanted', `${who} does not hear of ends ("sendResolved: false")`)]
    case 'left':
      return [step(decision.decision, decision.decision === 'receiverRemoved' ? `${who} cannot be told any more: ${DECISION_WORDS.receiverRemoved}` : `there is nothing more to tell ${who} in this group`)]
    case 'told':
    case 'endTold':
      return [step(decision.decision, `${who} knows of it: ${DECISION_WORDS[decision.decision]}`)]
  }
}

function deliverySteps({ message }: Seen, receiver: string, { messages, at: until }: Scene): ExplainedStep[] {
  const kept = message === undefined ? undefined : messages.get(message)
  if (message === undefined || kept === undefined) return []
  const step = (at: number, code: ExplainedStep['code'], text: string): ExplainedStep => ({ at, link: 'delivery', code, text, message })
  const who = oneLine(receiver)
  const attempts = kept.attempts.map(({ attempt, begunAt, endedAt, outcome, reason }) => {
    const answered = endedAt !== undefined && endedAt <= until && outcome !== undefined ? outcome : undefined
    return step(answered === undefined ? begunAt : (endedAt ?? begunAt), answered ?? 'underWay', `attempt ${attempt} to tell ${who}: ${DELIVERY_WORDS[answered ?? 'underWay']}${answered === undefined || reason === undefined ? '' : `: ${oneLine(reason)}`}`)
  })
  const { row } = kept
  const over = row !== undefined && row.changedAt <= until && (row.status === 'dead' || row.status === 'dropped') ? row : undefined
  return over === undefined ? attempts : [...attempts, step(over.changedAt, over.status === 'dead' ? 'givenUp' : 'dropped', `the message to ${who} was ${over.status === 'dead' ? DELIVERY_WORDS.givenUp : DELIVERY_WORDS.dropped}`)]
}
