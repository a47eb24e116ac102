import { systemClock } from './clock.ts'
import type { Monitor } from './config/monitor.ts'
import { createSender } from './delivery/attempt.ts'
import type { DeliveryReport } from './delivery/report.ts'
import { TocsinError } from './errors.ts'
import { silentLogger } from './log/logger.ts'
import { composeMessage } from './message/compose.ts'
import type { Severity } from './model/level.ts'
import type { Notification } from './model/notification.ts'
import { suggest } from './plugin/suggest.ts'
import type { RunOptions } from './run.ts'
import { createRateLimiter } from './services/rate-limit.ts'
import { createServices } from './services/create-services.ts'

export interface TestNotifyOptions extends Pick<RunOptions, 'signal' | 'logger' | 'clock' | 'print'> {
  /** Names in the monitor's `notify`. Default: all. */
  readonly receivers?: readonly string[]
  /** Default `critical`. */
  readonly severity?: Severity
  /** Sends the end of the test alert instead of its beginning. Default false. */
  readonly resolve?: boolean
}

/**
 * Sends one message marked TEST through each channel, once and without retries, and says what came of it.
 *
 * @throws TocsinError E106 for a receiver that the monitor does not have.
 */
export async function testNotify(monitor: Monitor, options: TestNotifyOptions = {}): Promise<DeliveryReport[]> {
  const { clock = systemClock, logger = silentLogger, print = (text: string) => void process.stderr.write(`${text}\n`) } = options
  const names = Object.keys(monitor.notify)
  const receivers = options.receivers ?? names
  const unknown = receivers.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new TocsinError('E106', `unknown notifier "${unknown}"`, { fix: suggest(unknown, names) })

  const services = createServices(clock, logger, createRateLimiter(), print)
  try {
    return await Promise.all(
      receivers.map(async (receiver): Promise<DeliveryReport> => {
        const notification = testNotification(monitor, receiver, options, clock.now())
        const sender = createSender(receiver, monitor.notify[receiver] as (typeof monitor.notify)[string], services, monitor.sendTimeout)
        const row = { id: `test-${clock.now()}-${receiver}`, monitor: monitor.name, receiver, key: notification.key, notification, queuedAt: clock.now(), status: 'sending', attempt: 1, dueAt: 0, leaseUntil: 0, changedAt: 0 } as const
        const result = await sender.send(row, undefined, options.signal ?? new AbortController().signal)
        await sender.close()
        return { receiver, key: notification.key, reason: 'test', title: composeMessage(notification).title, attempt: 1, result, givenUp: result.outcome !== 'delivered' }
      }),
    )
  } finally {
    await services.close()
  }
}

function testNotification(monitor: Monitor, receiver: string, { severity = 'critical', resolve = false }: TestNotifyOptions, now: number): Notification {
  const level = resolve ? 'none' : severity
  const firedAt = now - 5 * 60_000
  return {
    key: `${monitor.name}/test`,
    thread: `${monitor.name}/test/${now}`,
    monitor: monitor.name,
    receiver,
    reason: 'test',
    level,
    at: now,
    alerts: [
      {
        subject: {
          fingerprint: '0'.repeat(32),
          monitor: monitor.name,
          rule: 'test.value',
          metric: 'value',
          unit: 'percent',
          resource: { id: 'test', type: 'test', name: 'tocsin', tags: {} },
          dimensions: {},
          labels: { rule: 'test.value', ...monitor.labels },
          annotations: { summary: 'This message only tries the channel. Nothing is wrong.' },
          for: { warning: 0, critical: 0 },
        },
        change: resolve ? 'resolved' : 'new',
        level,
        toldLevel: resolve ? severity : 'none',
        health: 'ok',
        episodeId: `test-${now}`,
        value: resolve ? 40 : 90,
        firedValue: 90,
        peak: 90,
        worstLevel: severity,
        recent: resolve ? [90, 40] : [70, 90],
        firedAt,
        reason: '> 80%',
        ...(resolve ? { resolvedAt: now, recoveredValue: 40, resolveReason: 'recovered' as const } : {}),
      },
    ],
    watched: 1,
    alsoFiring: { lines: [], count: 0 },
    timeZone: monitor.timeZone,
  }
}
