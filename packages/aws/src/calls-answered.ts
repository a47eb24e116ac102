import type { SharedKey } from '@tocsin/core'

/** How many calls of each API were answered, by its name: `ec2:DescribeInstances`. What the SDK asks for itself, to assume a role, is not counted. */
export const CALLS_ANSWERED: SharedKey<Map<string, number>> = { name: 'answered aws calls', create: () => new Map() }
