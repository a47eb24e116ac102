import { oneLine } from '../../one-line.ts'
import { formatDuration } from '../../model/duration.ts'
import { type Level, rank, worse } from '../../model/level.ts'
import { escalationRoute, receiversOf } from '../../routing/receivers.ts'
import { compileRoutes } from '../../routing/route-tree.ts'
import type { Standing } from '../../routing/standing.ts'
import type { TransitionKind } from '../../model/transition.ts'
import type { DecisionRecord } from '../../store/decisions.ts'
import type { GroupCourse } from './evidence.ts'
import type { Answer, NothingToTellReason, ReceiverAnswer } from './explanation.ts'
import { afterText, byWhom, clockText, muteText, type Scene } from './scene.ts'
import { hasArrived, isOnItsWay, outcomeOf, type Seen, seenBy } from './told.ts'
import { DELIVERY_WORDS, NOTHING_WORDS } from './words.ts'

/** Decisions are kept for 13 months. */
const KEPT = 396 * 86_400_000

/** Who was told by an instant; or why nobody was. */
export function answerOf(scene: Scene, now: number): Answer {
  const receivers = [...Map.groupBy(scene.groups, ({ receiver }) => receiver)].map(([receiver, groups]) => receiverAnswer(receiver, groups, scene))
  if (receivers.length === 0) {
    const reason = nothingToTell(scene, now)
    const code = reason === 'forgotten' ? 'unknown' : reason === 'noReceiver' || reason === 'notLookedAt' ? 'nobodyTold' : 'nothingToTell'
    return { code, text: `${HEADS[code]}: ${nothingText(reason, scene)}`, receivers, reason }
  }
  const messages = receivers.filter(hears).flatMap((receiver) => receiver.messages)
  const told = receivers.filter((receiver) => receiver.told)
  const code = told.length > 0 ? 'told' : messages.length === 0 ? 'nobodyTold' : messages.some(({ outcome }) => isOnItsWay(outcome)) ? 'onItsWay' : 'undelivered'
  return { code, text: textOf(code, receivers, scene), receivers }
}

const HEADS = { told: 'told', onItsWay: 'nobody was told yet', undelivered: 'nobody was told', nobodyTold: 'nobody was told', nothingToTell: 'nothing to tell', unknown: 'who was told is not known' } as const

function textOf(code: keyof typeof HEADS, receivers: readonly ReceiverAnswer[], scene: Scene): string {
  const [heard, unheard] = [receivers.filter(hears), receivers.filter((receiver) => !hears(receiver))]
  const tried = heard.map((receiver) => messagesText(receiver, scene))
  // One reason for all is said once.
  const reasons = [...Map.groupBy(unheard, ({ silent }) => silent.text)].map(([text, all]) => (heard.length === 0 && all.length === receivers.length ? text : `not told: ${all.map(({ receiver }) => oneLine(receiver)).join(', ')} (${text})`))
  const silent = [...new Set(heard.filter(({ told, silent: { code: why } }) => told && why !== 'endTold').map(({ silent: { text } }) => text))]
  const again = silent.length === 0 ? [] : [`not told again: ${silent.join(', ')}`]
  return `${HEADS[code]}: ${[tried.join(', '), ...reasons, ...again].filter((part) => part !== '').join('; ')}`
}

/** Whether a message about this episode was meant for it, whatever became of it. */
const hears = ({ told, messages }: ReceiverAnswer): boolean => told || messages.some(({ end }) => !end)

/** `ops by slack at 03:12 (delivered)`, `ops by slack at 03:12, the last of 3 messages at 11:12 (delivered)`. */
function messagesText({ receiver, by, messages, silent }: ReceiverAnswer, scene: Scene): string {
  const [first, last] = [messages[0], messages.at(-1)]
  if (first === undefined || last === undefined) return oneLine(receiver)
  const who = `${oneLine(receiver)}${by === undefined ? '' : ` by ${by}`} at ${clockText(first.at, scene)}`
  const kept = scene.messages.get(last.id)
  const said = last.outcome === 'delivered' || last.outcome === 'underWay' ? undefined : kept?.attempts.findLast(({ reason }) => reason !== undefined)?.reason
  const outcome = `${DELIVERY_WORDS[last.outcome]}${said === undefined ? '' : `: ${oneLine(said)}`}`
  if (first === last) return `${who} (${outcome})`
  const end = silent.code === 'endTold' ? 'its end' : `the last of ${messages.length} messages`
  return `${who}, ${end} at ${clockText(last.at, scene)} (${outcome})`
}

function receiverAnswer(receiver: string, groups: readonly GroupCourse[], scene: Scene): ReceiverAnswer {
  const { at, monitor, messages: kept } = scene
  const courses = groups.map((group) => seenBy(scene, group))
  const messages = courses.flat().flatMap(({ message, decision, end }) => {
    const found = message === undefined ? undefined : kept.get(message)
    return message === undefined || found === undefined ? [] : [{ id: message, at: decision.at, reason: decision.decision, end, outcome: outcomeOf(found, at) }]
  })
  const by = monitor.notify[receiver]?.use
  const silent = silentBecause(courses, messages.length, scene)
  // Who knew from the episode before that it fires, and heard nothing more than its end, was told.
  const knew = courses.flat().some(({ standing }) => standing?.is === 'told')
  const told = messages.some(({ outcome, end }) => hasArrived(outcome) && (!end || knew))
  return { receiver, ...(by === undefined ? {} : { by }), told, messages: messages.toSorted((a, b) => a.at - b.at), silent }
}

/** Why nothing more is told now. An alert may have left one group of the receiver for another. */
function silentBecause(courses: readonly (readonly Seen[])[], messages: number, scene: Scene): ReceiverAnswer['silent'] {
  const isLeft = (course: readonly Seen[]): boolean => course.at(-1)?.standing?.is === 'left'
  const latest = (some: readonly (readonly Seen[])[]): readonly Seen[] | undefined => some.toSorted((a, b) => (a.at(-1)?.decision.at ?? 0) - (b.at(-1)?.decision.at ?? 0)).at(-1)
  const course = latest(courses.filter((one) => !isLeft(one))) ?? latest(courses)
  const last = course?.at(-1)
  if (course === undefined || last === undefined) return { code: 'movedOn', text: 'it is in no group of this receiver' }
  const { decision, standing } = last
  switch (standing?.is) {
    case 'left':
      return leftBecause(course.at(-2)?.standing, decision, scene)
    case 'muted':
    case 'endHeld':
      return { code: standing.by.by, text: muteText(standing.by, decision.at, scene) }
    case 'waiting':
    case 'endWaiting': {
      const code = decision.waitsFor ?? 'groupInterval'
      return { code, text: `a message is due${decision.nextAt === undefined ? '' : ` at ${clockText(decision.nextAt, scene)}`} (${code})` }
    }
    case 'endNotWanted':
      return { code: 'endNotWanted', text: 'it has ended, and the receiver does not hear of ends ("sendResolved: false")' }
    case 'endTold':
      return { code: 'endTold', text: 'it has ended, and that was told' }
    case 'told':
    case undefined:
      return notAgain(course, last, messages, scene)
  }
}

function leftBecause(before: Standing | undefined, { decision, at }: DecisionRecord, { events }: Scene): ReceiverAnswer['silent'] {
  if (decision === 'receiverRemoved') return { code: 'receiverRemoved', text: 'the receiver is not in the configuration any more' }
  const goesOn = events.findLast((event) => event.at <= at && LEVELS.has(event.kind))?.kind !== 'resolved'
  if (goesOn) return { code: 'movedOn', text: 'it is told elsewhere now' }
  return before?.is === 'muted' || before?.is === 'endHeld' ? { code: 'endedWhileMuted', text: 'it ended while it was kept back' } : { code: 'endedBeforeTold', text: 'it ended before a message was due' }
}

/** What changes the level of an alert. */
const LEVELS: ReadonlySet<TransitionKind> = new Set(['fired', 'refired', 'escalated', 'deescalated', 'resolved'])

function notAgain(seen: readonly Seen[], last: Seen, messages: number, scene: Scene): ReceiverAnswer['silent'] {
  const withMessage = seen.findLast(({ message }) => message !== undefined)
  const acknowledged = seen.findLast(({ decision }) => decision.decision === 'acknowledged')
  if (acknowledged !== undefined && (withMessage === undefined || acknowledged.decision.at > withMessage.decision.at)) {
    return { code: 'acknowledged', text: `taken on${byWhom('acknowledged', scene)}` }
  }
  const { decision } = withMessage ?? last
  const interval = decision.route?.repeatInterval
  const next = interval === undefined ? '' : `; the repeat is due at ${clockText(decision.at + interval, scene)} (every ${formatDuration(interval)})`
  return { code: 'repeatInterval', text: `${messages === 0 ? 'it was told of the episode before and knows that it fires' : 'nothing is new'}${next}` }
}

/** Why no group ever had it. */
function nothingToTell(scene: Scene, now: number): NothingToTellReason {
  const { events, from } = scene
  if (events.length === 0) return now - from > KEPT ? 'forgotten' : 'neverHot'
  const level = worstLevel(scene)
  if (level === 'none') return events.some(({ kind }) => kind === 'dropped') ? 'recoveredInTime' : 'forNotElapsed'
  if (routedTo(scene, level)?.length === 0) return 'noReceiver'
  return now - from > KEPT ? 'forgotten' : 'notLookedAt'
}

/** The worst level that the episode has reached. */
const worstLevel = ({ events }: Scene): Level => events.reduce<Level>((worst, { from, to }) => worse(worst, rank(from) > rank(to) ? from : to), 'none')

/** Who is told of the alert by the present configuration; `undefined` when its labels are not known any more. */
function routedTo({ subject, monitor }: Scene, level: Level): readonly string[] | undefined {
  if (subject === undefined) return undefined
  const match = compileRoutes(monitor.route, monitor)
  return receiversOf(subject, match(subject.labels, level), Object.keys(monitor.notify)).flatMap(({ receivers }) => receivers)
}

function nothingText(reason: NothingToTellReason, scene: Scene): string {
  const { subject, monitor } = scene
  const text = NOTHING_WORDS[reason]
  if (subject === undefined) return text
  if (reason === 'forNotElapsed') {
    const { warning, critical } = subject.for
    return `${text} (${warning === critical ? afterText(warning) : `AMBER ${afterText(warning)}, RED ${afterText(critical)}`})`
  }
  const steps = reason === 'noReceiver' ? (escalationRoute(compileRoutes(monitor.route, monitor)(subject.labels, worstLevel(scene)))?.steps ?? []) : []
  const [step] = steps.toSorted((a, b) => a.after - b.after)
  return step === undefined ? text : `${text}; its first step tells ${step.notify.map(oneLine).join(', ')} ${afterText(step.after)} after it fired`
}
