import type { DeliveryAttempt } from '@tocsin/core'
import type { ChannelFigures } from '../figures.ts'

/** What came of the attempts to send in a period, for each receiver, those of whom nothing was asked included. */
export function channelFigures(attempts: readonly DeliveryAttempt[], receivers: readonly string[], { from, until }: { readonly from: number; readonly until: number }): ChannelFigures[] {
  const inside = Map.groupBy(attempts.filter(({ begunAt }) => begunAt >= from && begunAt < until), ({ receiver }) => receiver)
  return [...new Set([...receivers, ...inside.keys()])].map((receiver) => {
    const own = inside.get(receiver) ?? []
    const failures = own.filter(({ outcome }) => outcome !== undefined && outcome !== 'delivered')
    const reason = failures.findLast((one) => one.reason !== undefined)?.reason
    return { receiver, delivered: own.filter(({ outcome }) => outcome === 'delivered').length, failed: failures.length, ...(reason === undefined ? {} : { reason }) }
  })
}
