import { defineMonitor, defineNotifier, delivered, type Notification, runOnce } from '@tocsin/core'
import { FakeClock } from '@tocsin/core/testing'
import { type AwsStub, startAwsStub, stubCloudWatch, stubInstances } from '@tocsin/dev-tools'
import { threshold } from '@tocsin/evaluator-threshold'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ec2 } from './index.ts'

const clock = new FakeClock('2026-01-05T12:00:30Z')
const PAYMENTS = 'arn:aws:iam::210987654321:role/monitoring'
const SANDBOX = 'arn:aws:iam::310987654321:role/monitoring'

let stub: AwsStub
beforeAll(async () => {
  stub = await startAwsStub()
  Object.assign(process.env, stub.env)
})
afterAll(() => stub.stop())

/** A notifier that keeps what it is told. */
function listener(): { told: Notification[]; notifier: ReturnType<ReturnType<typeof defineNotifier>> } {
  const told: Notification[] = []
  const plugin = defineNotifier({ name: 'listener', create: () => ({ send: async (notification) => (told.push(notification), delivered()) }) })
  return { told, notifier: plugin() }
}

it('accounts have thresholds and labels of their own, routes find them by their labels, and calls of one account are shared', async () => {
  stub.on('DescribeInstances', stubInstances([{ id: 'i-1', type: 'm5.large', tags: { Name: 'web' } }]))
  const service = stubCloudWatch({ now: () => clock.now(), value: () => 70 })
  stub.use(service.handlers)
  const [pay, rest] = [listener(), listener()]
  const regions = ['us-west-2']
  const monitor = defineMonitor({
    watch: [
      ec2({ regions, accounts: [{ roleArn: PAYMENTS, name: 'payments', labels: { team: 'pay' } }] }, { cpu: threshold({ critical: 60 }) }),
      ec2({ regions, accounts: [{ roleArn: SANDBOX, name: 'sandbox', labels: { team: 'play' } }] }, { cpu: threshold({ critical: 90 }) }),
      ec2({ regions, accounts: [{ roleArn: PAYMENTS, name: 'payments', labels: { team: 'pay' } }] }, { networkIn: threshold({ critical: '1GB' }) }),
    ],
    notify: { pay: pay.notifier, rest: rest.notifier },
    route: { receivers: ['rest'], routes: [{ matchers: ['tag_team="pay"'], receivers: ['pay'] }] },
  })
  const { observations, failures } = await runOnce(monitor, { clock })
  expect(failures).toEqual([])
  expect(observations.map(({ resource, metric, level }) => `${resource.account} ${metric} ${level}`).sort()).toEqual(['payments cpu critical', 'payments networkIn none', 'sandbox cpu none'])
  expect(pay.told.flatMap(({ alerts }) => alerts.map(({ subject }) => subject.labels['tag_team']))).toEqual(['pay'])
  expect(rest.told).toEqual([])
  // One call for each account: the two watches of payments went together.
  expect(service.billed).toEqual({ calls: 2, metrics: 3 })
}, 60_000)
