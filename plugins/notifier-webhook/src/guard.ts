import type { LookupAddress, LookupAllOptions } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { TocsinError } from '@tocsin/core'

/** Finds the addresses of a name, as `dns.lookup` does. */
export type Resolve = (hostname: string, options: LookupAllOptions, done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void

/** Decides which addresses a request may connect to. */
export interface Guard {
  readonly resolve: Resolve
  readonly refuses: (address: string) => boolean
}

/**
 * The look-up for a socket that leaves refused addresses out. The socket connects to what this gives and to nothing else, so a name
 * that answers differently from one look-up to the next cannot get past it.
 */
export function guardedLookup({ resolve, refuses }: Guard): LookupFunction {
  return (hostname, options, done) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, [])
      const allowed = addresses.filter(({ address }) => !refuses(address))
      const [first] = allowed
      if (first === undefined) return done(refusal(), [])
      if (options.all) return done(null, allowed)
      done(null, first.address, first.family)
    })
}

/** Checks a host that is written as an address: sockets look names up, but take addresses as they are. */
export function checkAddress({ hostname }: URL, { refuses }: Guard): void {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) !== 0 && refuses(host)) throw refusal()
}

function refusal(): TocsinError {
  return new TocsinError('E301', 'refused to send: the receiver has a link-local or cloud metadata address', {
    fix: 'correct the URL, or set allowLinkLocal: true if the receiver is really there',
    permanent: true,
  })
}
