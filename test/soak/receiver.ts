import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'

const message = z.object({
  groupKey: z.string(),
  tocsin: z.object({ idempotencyKey: z.string(), alerts: z.array(z.object({ fingerprint: z.string(), change: z.enum(['new', 'changed', 'unchanged', 'resolved']), level: z.string(), value: z.number().nullable() })) }),
})

/** A message that arrived. */
export interface Arrival {
  readonly key: string
  readonly group: string
  readonly alerts: z.output<typeof message>['tocsin']['alerts']
}

export interface Receiver {
  readonly url: string
  readonly arrivals: readonly Arrival[]
  close(): Promise<void>
}

/** Takes webhooks, and takes its time over some: so that processes die while it has read and not answered. */
export async function startReceiver(random: () => number): Promise<Receiver> {
  const arrivals: Arrival[] = []
  const server = createServer((request, response) => {
    const read = async (): Promise<void> => {
      const { groupKey, tocsin } = message.parse(JSON.parse(await text(request)))
      const header = request.headers['idempotency-key']
      if (header !== tocsin.idempotencyKey) throw new Error(`the header says ${String(header)}, the body ${tocsin.idempotencyKey}`)
      arrivals.push({ key: tocsin.idempotencyKey, group: groupKey, alerts: tocsin.alerts })
      await wait(random() * 30)
      response.end()
    }
    // One that was cut off in the middle has not arrived.
    read().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
    arrivals,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
