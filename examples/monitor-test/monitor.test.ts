import { expectAlerts } from '@tocsin/core/testing'
import { test } from 'vitest'
import monitor from './tocsin.config.ts'

test('a short peak is amber, three minutes of it are red, and it ends below 50', () =>
  expectAlerts(monitor, { 'ec2.cpu': '40 85x4 55 - 45' }).toBe('OK AMBERx3 RED AMBER AMBER OK'))

test('on call is woken for red alone', async () => {
  await expectAlerts(monitor, { 'ec2.cpu': '70x10' }).toTell(['30s ops AMBER web-1 cpu 70% (> 60%)'])
  await expectAlerts(monitor, { 'ec2.cpu': '90x4' }).toTell(['30s ops AMBER', '3m ops RED', '3m oncall RED'])
})

test('the shop hears of its own machines, and not at night', async () => {
  const shop = { 'ec2.cpu/web-1': { values: '90x10', tags: { team: 'shop' } }, 'ec2.cpu/db-1': '40x10' }
  await expectAlerts(monitor, shop).toBe({ 'ec2.cpu/web-1': 'AMBERx3 REDx7', 'ec2.cpu/db-1': 'OKx10' })
  await expectAlerts(monitor, shop).toTell(['shop AMBER web-1', 'shop RED web-1'])
  await expectAlerts(monitor, shop, { from: '2026-01-05T23:00:00+01:00' }).toTell([])
})
