import type { InterfaceCounters } from '../machine.ts'

/** Reads `/proc/net/dev`. Lines that are none of an interface are passed over. */
export function parseNetDev(text: string): InterfaceCounters[] {
  return text.split('\n').flatMap((line) => {
    // A large count may follow the colon without a space.
    const match = /^\s*(\S+):\s*([\d\s]+)$/.exec(line)
    const counts = match?.[2]?.trim().split(/\s+/).map(Number) ?? []
    const [received, , errorsIn, droppedIn, , , , , sent, , errorsOut, droppedOut] = counts
    if (match?.[1] === undefined || received === undefined || sent === undefined) return []
    return [{ name: match[1], received, sent, faults: (errorsIn ?? 0) + (droppedIn ?? 0) + (errorsOut ?? 0) + (droppedOut ?? 0) }]
  })
}
