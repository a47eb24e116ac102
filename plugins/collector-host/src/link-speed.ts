/** A link's speed as its data sheet has it. Decimal: `1Gbit` is 1,000,000,000 bits a second. */
export type LinkSpeed = `${number}${keyof typeof BITS}`

const BITS = { Kbit: 1e3, Mbit: 1e6, Gbit: 1e9 } as const

/** Bits per second. */
export function bitsPerSecond(speed: LinkSpeed): number {
  const suffix = speed.endsWith('Kbit') ? 'Kbit' : speed.endsWith('Mbit') ? 'Mbit' : 'Gbit'
  return Number(speed.slice(0, -suffix.length)) * BITS[suffix]
}
