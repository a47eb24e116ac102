import { z } from 'zod'
import { newAlert, type AlertPolicy, reduceAlert } from '../../../packages/core/src/alerting/reducer.ts'
import { createDispatcher } from '../../../packages/core/src/delivery/dispatcher.ts'
import type { AlertRecord } from '../../../packages/core/src/model/alert.ts'
import type { GroupEntry } from '../../../packages/core/src/model/group.ts'
import type { Notification } from '../../../packages/core/src/model/notification.ts'
import { defineNotifier } from '../../../packages/core/src/plugin/define-notifier.ts'
import { delivered } from '../../../packages/core/src/plugin/delivery.ts'
import type { Channel, Notifier } from '../../../packages/core/src/plugin/notifier.ts'
import { type AlertmanagerDeclaration, fromAlertmanager } from '../../../packages/core/src/routing/alertmanager-import.ts'
import { muteWindowSchema } from '../../../packages/core/src/routing/mute-window-schema.ts'
import { openMutes } from '../../../packages/core/src/routing/open-mutes.ts'
import { planNotifications } from '../../../packages/core/src/routing/plan.ts'
import { matcherList, routeNode } from '../../../packages/core/src/routing/route-node.ts'
import { compileRoutes } from '../../../packages/core/src/routing/route-tree.ts'
import { openSilence, type Silence } from '../../../packages/core/src/routing/silence.ts'
import { createSilence, expireSilence } from '../../../packages/core/src/routing/silence-edit.ts'
import { memoryStore } from '../../../packages/core/src/store/memory-store.ts'
import { aSubject } from '../../../packages/core/src/testing/builders.ts'
import { FakeClock } from '../../../packages/core/src/testing/fake-clock.ts'
import { testServices } from '../../../packages/core/src/testing/services.ts'
import { receive, type Received } from './received.ts'

const labels = z.record(z.string(), z.string())
const alert = z.strictObject({ labels, annotations: labels.default({}), active: z.array(z.number()).max(2).default([]) })
export const want = z.strictObject({ between: z.tuple([z.number(), z.number()]), alerts: z.array(alert), webhook: z.int().default(0) })
const step = z.strictObject({
  at: z.number(),
  push: z.array(alert).default([]),
  silence: z.strictObject({ id: z.string(), matchers: z.string(), from: z.number(), until: z.number() }).optional(),
  expire: z.string().optional(),
  restart: z.boolean().default(false),
})
const webhook = z.strictObject({ losesUntil: z.number().default(0), slowUntil: z.number().default(0) })
export const timeline = z.strictObject({
  file: z.string(),
  test: z.string(),
  yaml: z.array(z.string()).transform((lines) => lines.join('\n')),
  sendTimeout: z.number().default(10),
  webhooks: z.array(webhook).default([]),
  steps: z.array(step),
  want: z.array(want),
})

export type Timeline = z.output<typeof timeline>
export type Alert = z.output<typeof alert>
/** Alerts that reached a webhook, at seconds from the start. */
export interface Arrival {
  readonly webhook: number
  readonly at: number
  readonly alerts: readonly Alert[]
}

const FIVE_MINUTES = 300_000
const never = { for: 0, keepFiringFor: 0 }
// Alerts that come from outside are what they are said to be.
const policy: AlertPolicy = { levels: ['critical'], warning: never, critical: never, worse: 'high', staleAfter: 2, flapping: false }
const ANSWERS_LATE = 1_000

/**
 * Plays a timeline against the import, the reducer, routing and delivery.
 *
 * @param base the start, milliseconds since the epoch.
 * @param every also looks at everything so often, as cycles do; milliseconds. Default: only when something happens or is due.
 * @throws ConfigError when the configuration is refused.
 */
export async function play({ yaml, sendTimeout, webhooks, steps, want: wants }: Timeline, base: number, every?: number): Promise<Arrival[]> {
  const at = (seconds: number): number => base + Math.round(seconds * 1_000)
  const since = (time: number): number => (time - base) / 1_000
  const { declaration } = fromAlertmanager(yaml)
  const resolveTimeout = Number(/resolve_timeout: (\d+)s/.exec(yaml)?.[1] ?? FIVE_MINUTES / 1_000) * 1_000
  const names = Object.keys(declaration.notify)
  const clock = new FakeClock(base)
  const store = memoryStore()
  const arrivals: Arrival[] = []

  const send = (index: number): Notifier['send'] => async ({ alerts }, { signal }) => {
    const { losesUntil = 0, slowUntil = 0 } = webhooks[index] ?? {}
    if (since(clock.now()) < slowUntil) await clock.sleep(ANSWERS_LATE, signal)
    else if (since(clock.now()) >= losesUntil) arrivals.push({ webhook: index, at: since(clock.now()), alerts: alerts.map((one) => shown(one, since)) })
    return delivered()
  }
  const channels: Record<string, Channel> = Object.fromEntries(names.map((name, index) => [name, defineNotifier({ name: 'webhook', create: () => ({ send: send(index) }) })()]))
  const dispatcher = createDispatcher({ monitor: 'main', channels, store, services: testServices(clock), sendTimeout: sendTimeout * 1_000, random: () => 0 })
  const stop = new AbortController()
  const running = dispatcher.run(stop.signal, 0)

  let router = routerOf(declaration)
  let records = new Map<string, AlertRecord>()
  let ledger: readonly GroupEntry[] = []
  const received = new Map<string, Received>()
  const silences = new Map<string, Silence>()

  /** An evaluation: an alert starts when it is said to have started, and ends when it is said to have ended. */
  const judge = (fingerprint: string, known: Received, now: number): void => {
    const record = records.get(fingerprint)
    if (record === undefined) return
    const active = known.endsAt > now
    const said = active ? known.startsAt : known.endsAt
    const time = said > record.state.lastAt && record.state.level === (active ? 'none' : 'critical') ? said : now
    const judgement = { at: time, value: Number(active), breaches: active ? ('critical' as const) : ('none' as const), reason: '' }
    records.set(fingerprint, { ...record, state: reduceAlert(record.state, { type: 'judged', judgement }, policy, fingerprint).state })
  }
  const push = (sent: Alert, now: number): void => {
    const fingerprint = JSON.stringify(Object.entries(sent.labels).sort(([a], [b]) => (a < b ? -1 : 1)))
    const [startsAt, endsAt] = sent.active.map(at)
    const known = receive(received.get(fingerprint), { ...sent, startsAt: startsAt ?? now, endsAt }, now, resolveTimeout)
    received.set(fingerprint, known)
    const subject = aSubject({ fingerprint, labels: sent.labels, annotations: sent.annotations })
    records.set(fingerprint, { subject, state: records.get(fingerprint)?.state ?? newAlert })
    judge(fingerprint, known, now)
  }
  const happen = ({ push: alerts, silence, expire, restart }: Timeline['steps'][number], now: number): void => {
    for (const one of alerts) push(one, now)
    if (silence !== undefined) {
      const { id, matchers, from, until } = silence
      const made = createSilence({ matchers, startsAt: at(from), endsAt: at(until), createdBy: 'me' }, { id, now, ongoing: [] })
      if (!made.ok) throw made.problems[0]?.error
      silences.set(id, made.silence)
    }
    const ending = expire === undefined ? undefined : silences.get(expire)
    if (ending !== undefined) silences.set(ending.id, expireSilence(ending, now))
    if (restart) {
      router = routerOf(fromAlertmanager(yaml).declaration)
      ;[records, ledger] = structuredClone([records, ledger] as const)
    }
  }
  const plan = async (now: number): Promise<number> => {
    const owed = new Set(ledger.flatMap(({ firing }) => Object.keys(firing)))
    const alerts = new Map([...records].filter(([fingerprint, { state }]) => state.level !== 'none' || owed.has(fingerprint)))
    const mutes = router.mute({ alerts, silences: Array.from(silences.values(), (one) => openSilence(one)), handling: new Map(), now })
    const planned = planNotifications({
      monitor: 'main',
      match: router.match,
      sendResolved: Object.fromEntries(Object.entries(declaration.notify).map(([name, { sendResolved }]) => [name, sendResolved !== false])),
      resolveThroughMute: false,
      timeZone: 'UTC',
      now,
      alerts,
      entries: ledger,
      watched: () => 0,
      muted: mutes.reason,
      acknowledged: () => false,
      repeatLate: true,
    })
    const changed = new Map(planned.entries.map((entry) => [entry.id, entry]))
    ledger = [...ledger.filter(({ id }) => !changed.has(id)), ...planned.entries]
    await store.transaction(async (tx) => {
      for (const { id, notification } of planned.messages) await tx.outbox.enqueue({ id, monitor: 'main', receiver: notification.receiver, key: notification.key, notification, queuedAt: now })
    })
    dispatcher.wake()
    return Math.min(planned.nextAt, mutes.nextAt)
  }

  const end = at(Math.max(0, ...wants.map(({ between }) => between[1])))
  const left = [...steps]
  for (let now = base, nextAt = base; now <= end; ) {
    await clock.advance(now - clock.now())
    while (left[0] !== undefined && at(left[0].at) <= now) happen(left.shift() ?? left[0], now)
    for (const [fingerprint, known] of received) if (known.endsAt === now && records.get(fingerprint)?.state.level !== 'none') judge(fingerprint, known, now)
    nextAt = await plan(now)
    const ends = [...received.values()].map(({ endsAt }) => endsAt).filter((time) => time > now)
    const next = Math.min(nextAt, ...ends, left[0] === undefined ? Infinity : at(left[0].at), every === undefined ? Infinity : now + every - ((now - base) % every))
    if (next === Infinity || next > end) break
    // As the runner, which never looks twice at one instant.
    now = Math.max(next, now + 1)
  }
  await clock.advance(end - clock.now())
  stop.abort()
  await running
  return arrivals
}

function routerOf({ route, muteWindows, inhibit }: AlertmanagerDeclaration) {
  return {
    match: compileRoutes(routeNode.parse(route)),
    mute: openMutes({
      muteWindows: z.array(muteWindowSchema({ compat: 'alertmanager' })).parse(muteWindows ?? []),
      inhibit: (inhibit ?? []).map((rule) => ({ ...rule, source: matcherList.parse(rule.source), target: matcherList.parse(rule.target) })),
    }),
  }
}

function shown({ subject, firedAt, resolvedAt }: Notification['alerts'][number], since: (time: number) => number): Alert {
  return { labels: subject.labels, annotations: subject.annotations, active: [firedAt, ...(resolvedAt === undefined ? [] : [resolvedAt])].map(since) }
}
