import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

/** An alert as it stands in a webhook message. */
export type ReceivedAlert = z.output<typeof message>['alerts'][number]

/** What arrived since the last `reset`. */
export interface Received {
  notifications: number
  alerts: number
  readonly groups: Set<string>
  /** By the label `resource`, which tells the alerts of this benchmark apart. */
  readonly different: Map<string, ReceivedAlert>
}

/** A receiver of webhooks on this machine, the same for both sides. */
export interface Receiver {
  readonly url: string
  readonly received: Received
  reset(): void
  /** Waits until so many different alerts have arrived. */
  all(count: number, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

const labels = z.record(z.string(), z.string())
const message = z.object({ groupKey: z.string(), status: z.literal('firing'), alerts: z.array(z.object({ labels: labels.and(z.object({ resource: z.string() })), annotations: labels })) })

export async function openReceiver(): Promise<Receiver> {
  let received = nothing()
  let arrived = (): void => {}
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { groupKey, alerts } = message.parse(JSON.parse(await text(request)))
    received.notifications += 1
    received.alerts += alerts.length
    received.groups.add(groupKey)
    for (const alert of alerts) received.different.set(alert.labels.resource, alert)
    response.end()
    arrived()
  }
  const server = createServer((request, response) => void take(request, response))
  await new Promise<void>((resolve) => void server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get received() {
      return received
    },
    reset() {
      received = nothing()
    },
    all: async (count, signal) =>
      new Promise((resolve, reject) => {
        arrived = () => {
          if (received.different.size >= count) resolve()
        }
        signal.addEventListener('abort', () => reject(new Error(`only ${received.different.size} of ${count} alerts arrived`)), { once: true })
        arrived()
      }),
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const nothing = (): Received => ({ notifications: 0, alerts: 0, groups: new Set(), different: new Map() })
