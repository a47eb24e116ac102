import { expect, it } from 'vitest'
import { parseNetDev } from './net-dev.ts'

const HEAD = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`

it('reads bytes, and adds up errors and drops of both directions', () => {
  const text = `${HEAD}    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
  eth0: 484230041   14917    1    2    0     0          0         0  1027196    9990    4    8    0     0       0          0
`
  expect(parseNetDev(text)).toEqual([
    { name: 'lo', received: 3193, sent: 3193, faults: 0 },
    { name: 'eth0', received: 484230041, sent: 1027196, faults: 15 },
  ])
})

it('reads long and odd names, and a count that touches the colon', () => {
  const text = `${HEAD}enp0s31f6np0abc:18446744073709551615 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0
 eth0.100: 1 1 0 0 0 0 0 0 2 1 0 0 0 0 0 0
 eth0:1: 3 1 0 0 0 0 0 0 4 1 0 0 0 0 0 0
`
  expect(parseNetDev(text).map(({ name, received, sent }) => [name, received, sent])).toEqual([
    ['enp0s31f6np0abc', 2 ** 64, 7],
    ['eth0.100', 1, 2],
    ['eth0:1', 3, 4],
  ])
})

it.each(['', HEAD, `${HEAD}  eth0: 1 2 3\n`, `${HEAD}  eth0: none\n`, 'not a table'])('passes over what is no interface: %j', (text) => {
  expect(parseNetDev(text)).toEqual([])
})
