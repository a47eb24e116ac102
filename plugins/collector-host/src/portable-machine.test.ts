import { collectorContract } from '@tocsin/core/testing'
import { expect, it } from 'vitest'
import { rate } from './change.ts'
import { hostOf } from './host.ts'
import { counters, portableMachine } from './portable-machine.ts'

const host = hostOf(portableMachine())

collectorContract('host through systeminformation', {
  watch: () => host({ name: 'here', linkSpeed: '1Gbit', ports: ['127.0.0.1:9'] }, {}),
})

it('has no rate from where the library could not read', () => {
  const stats = { iface: 'en0', rx_bytes: 0, tx_bytes: 0, rx_errors: 0, tx_errors: 0, rx_dropped: 0, tx_dropped: 0 }
  const after = counters({ ...stats, rx_bytes: 1e12 })
  expect(rate(counters(stats).received, after.received, 60)).toBeNaN()
  expect(rate(after.received, counters(stats).received, 60)).toBeNaN()
  expect(rate(after.received, counters({ ...stats, rx_bytes: 1e12 + 60 }).received, 60)).toBe(1)
})
