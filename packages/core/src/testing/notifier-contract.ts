import { describe, expect, it } from 'vitest'
import type { Notification } from '../model/notification.ts'
import type { Delivery } from '../plugin/delivery.ts'
import type { Channel, SendContext } from '../plugin/notifier.ts'
import { aLetter, aNotification, aNotifiedAlert, aResolvedNotification, aSubject, aResource } from './builders.ts'
import { sendContext } from './services.ts'

export interface NotifierContractOptions {
  /** A channel that reaches a working receiver. */
  readonly channel: () => Channel | Promise<Channel>
  /** What the receiver has got so far, as text. */
  readonly received: () => readonly string[] | Promise<readonly string[]>
  /** Answers the receiver can give, and what the notifier must make of each. */
  readonly answers: readonly NotifierAnswer[]
  /** A channel whose receiver does not exist: nothing listens there. */
  readonly unreachable: () => Channel | Promise<Channel>
  /** Secrets that the channels hold: none may show in any reason. */
  readonly secrets: readonly string[]
}

export interface NotifierAnswer {
  /** In words: `429 with Retry-After 7`. */
  readonly answer: string
  /** Makes the receiver answer so from now on; returns how to undo it. */
  readonly arrange: () => (() => void) | Promise<() => void>
  readonly outcome: Delivery['outcome']
  /** Milliseconds, where the receiver names a time. */
  readonly retryAfter?: number
}

/** What every notifier must keep. Call it inside a test file. */
export function notifierContract(name: string, options: NotifierContractOptions): void {
  const send = async (notification: Notification, over: Partial<SendContext> = {}, make = options.channel): Promise<Delivery> => {
    const channel = await make()
    expect(channel.problems.map(({ error }) => String(error))).toEqual([])
    const notifier = channel.open()
    try {
      return await notifier.send(notification, sendContext(over))
    } finally {
      await notifier.close?.()
    }
  }
  const reason = (delivery: Delivery): string => ('reason' in delivery ? delivery.reason : '')

  describe(`${name} keeps the notifier contract`, () => {
    it('tells who, what and how bad, then the end', async () => {
      const before = (await options.received()).length
      expect((await send(aNotification())).outcome).toBe('delivered')
      const fired = (await options.received()).slice(before).join('\n')
      for (const part of ['RED', 'web-3', 'cpu', '91%']) expect(fired).toContain(part)

      const middle = (await options.received()).length
      expect((await send(aResolvedNotification(), { idempotencyKey: 'key-2' })).outcome).toBe('delivered')
      const ended = (await options.received()).slice(middle).join('\n')
      for (const part of ['OK', 'web-3', '47%']) expect(ended).toContain(part)
    })

    it('delivers names with markup, quotes and line breaks without losing or obeying them', async () => {
      const subject = aSubject({ resource: aResource({ name: '<!channel> <script>alert(1)</script> "a"\r\nBcc: x@example.com' }) })
      const delivery = await send(aNotification({ alerts: [aNotifiedAlert({ subject })] }), { idempotencyKey: 'key-3' })
      expect(delivery.outcome).toBe('delivered')
    })

    it('delivers a name and a tag of a megabyte', async () => {
      const resource = aResource({ name: `web ${'x'.repeat(1_000_000)}`, tags: { notes: '\u{1F525}<&'.repeat(200_000) } })
      expect((await send(aNotification({ alerts: [aNotifiedAlert({ subject: aSubject({ resource }) })] }), { idempotencyKey: 'key-8' })).outcome).toBe('delivered')
    })

    it('delivers five hundred alerts in one notification', async () => {
      const alerts = Array.from({ length: 500 }, (_, index) =>
        aNotifiedAlert({ subject: aSubject({ fingerprint: String(index), resource: aResource({ id: `i-${index}`, name: `web-${index}` }) }) }),
      )
      expect((await send(aNotification({ alerts, watched: 500 }), { idempotencyKey: 'key-4' })).outcome).toBe('delivered')
    })

    it('carries reports if it says so, and only then', async () => {
      const channel = await options.channel()
      const notifier = channel.open()
      try {
        expect(notifier.sendReport !== undefined).toBe(channel.reports)
        if (notifier.sendReport === undefined) return
        const before = (await options.received()).length
        const short = { ...aLetter().short, lines: Array.from({ length: 500 }, (_, index) => `RED web-${index} <!channel> <script> "a" cpu 97% \u0007`) }
        expect(await notifier.sendReport(aLetter({ short }), sendContext({ idempotencyKey: 'report-1' }))).toMatchObject({ outcome: 'delivered' })
        const told = (await options.received()).slice(before).join('\n')
        for (const part of ['Week 34', '2 red']) expect(told).toContain(part)
        const stopped = await notifier.sendReport(aLetter(), sendContext({ idempotencyKey: 'report-2', signal: AbortSignal.abort() }))
        expect(stopped.outcome).toBe('retryable')
      } finally {
        await notifier.close?.()
      }
    })

    it.each(options.answers)('takes "$answer" for $outcome', async ({ arrange, outcome, retryAfter }) => {
      const undo = await arrange()
      try {
        const delivery = await send(aNotification(), { idempotencyKey: 'key-5' })
        expect(delivery.outcome).toBe(outcome)
        if (outcome !== 'delivered') expect(reason(delivery)).not.toBe('')
        if (retryAfter !== undefined) expect('retryAfter' in delivery ? delivery.retryAfter : undefined).toBe(retryAfter)
        for (const secret of options.secrets) expect(JSON.stringify(delivery)).not.toContain(secret)
      } finally {
        undo()
      }
    })

    it('calls an unreachable receiver retryable, without showing a secret', async () => {
      const delivery = await send(aNotification(), { idempotencyKey: 'key-6' }, options.unreachable)
      expect(delivery.outcome).toBe('retryable')
      for (const secret of options.secrets) expect(reason(delivery)).not.toContain(secret)
    })

    it('gives up soon when its time is up', async () => {
      const began = performance.now()
      const delivery = await send(aNotification(), { signal: AbortSignal.abort(), idempotencyKey: 'key-7' })
      expect(delivery.outcome).toBe('retryable')
      expect(performance.now() - began).toBeLessThan(2_000)
    })
  })
}
