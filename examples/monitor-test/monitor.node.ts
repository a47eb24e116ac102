import { test } from 'node:test'
import { expectAlerts } from '@tocsin/core/testing/expect-alerts'
import monitor from './tocsin.config.ts'

await test('three minutes above 80 are red', () => expectAlerts(monitor, { 'ec2.cpu': '40 85x4' }).toBe('OK AMBERx3 RED'))
