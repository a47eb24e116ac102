import type { DeliveryAttempt } from '@tocsin/core'
import type { ChannelFigures } from '../figures.ts'

/** What came of the messages that were tried in a period, for each receiver, those of whom nothing was asked included. */
export function channelFigures(attempts: readonly DeliveryAttempt[], receivers: readonly string[], { from, until }: { readonly from: number; readonly until: number }): ChannelFigures[] {
  const tried = Map.groupBy(attempts.filter(({ begunAt }) => begunAt >= from), ({ receiver }) => receiver)
  const known = new Set([...receivers, ...tried.keys()])
  return [...known].flatMap((receiver) => {
    const messages = [...Map.groupBy(tried.get(receiver) ?? [], ({ id }) => id).values()].filter((own) => own.some(({ begunAt }) => begunAt < until))
    if (messages.length === 0 && !receivers.includes(receiver)) return []
    const [arrived, others] = [messages.filter(hasArrived), messages.filter((own) => !hasArrived(own))]
    const failures = others.filter((own) => own.some(({ outcome }) => outcome !== undefined))
    const reason = failures.flat().toSorted((a, b) => a.begunAt - b.begunAt).findLast((one) => one.reason !== undefined)?.reason
    return { receiver, delivered: arrived.length, failed: failures.length, ...(reason === undefined ? {} : { reason }) }
  })
}

const hasArrived = (attempts: readonly DeliveryAttempt[]): boolean => attempts.some(({ outcome }) => outcome === 'delivered')
