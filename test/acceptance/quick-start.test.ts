import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2'
import { type Clock, memoryStore, type Monitor, runOnce, systemClock } from '@tocsin/core'
import { type MailServer, type Moto, type SlackStandIn, shownText, startMailServer, startMoto, startSlackStandIn } from '@tocsin/dev-tools'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

const REGION = 'us-west-2'
const MINUTE = 60_000

let moto: Moto
let slack: SlackStandIn
let mails: MailServer
let monitor: Monitor

beforeAll(async () => {
  ;[moto, slack, mails] = await Promise.all([startMoto(), startSlackStandIn(), startMailServer()])
  const environment = { ...moto.env, SLACK_BOT_TOKEN: slack.token, SLACK_API_URL: slack.apiUrl, SMTP_URL: `smtp://127.0.0.1:${mails.port}` }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  monitor = (await import('../../examples/quick-start/tocsin.config.ts')).default
}, 300_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await Promise.all([moto.stop(), slack.stop(), mails.close()])
})

/** The machine's clock, some minutes ahead: what is new then has settled. */
const ahead = (minutes: number): Clock => ({ ...systemClock, now: () => systemClock.now() + minutes * MINUTE })

it('the monitor of the README tells Slack and a mailbox of an EC2 alert, then of its end', { timeout: 60_000 }, async () => {
  const client = { region: REGION, endpoint: moto.url, credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' } }
  const { Instances = [] } = await new EC2Client(client).send(
    new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1, TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web-3' }] }] }),
  )
  const dimensions = [{ Name: 'InstanceId', Value: Instances[0]?.InstanceId }]
  const cloudwatch = new CloudWatchClient(client)
  const start = Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE
  const put = (minutes: number, value: number) =>
    cloudwatch.send(new PutMetricDataCommand({ Namespace: 'AWS/EC2', MetricData: [{ MetricName: 'CPUUtilization', Dimensions: dimensions, Timestamp: new Date(start + minutes * MINUTE), Value: value, Unit: 'Percent' }] }))

  const store = memoryStore()
  await put(-15, 91)
  const fired = await runOnce(monitor, { store })
  expect(fired.failures.map(({ error }) => String(error))).toEqual([])
  expect(fired.deliveries.map(({ receiver, result }) => `${receiver} ${result.outcome}`).sort()).toEqual(['mail delivered', 'ops delivered'])
  const red = /^RED web-3 cpu 91% \(> 80%\) · \S+ us-west-2/
  expect(slack.messages.map((message) => shownText(message))).toEqual([expect.stringMatching(/RED web-3 cpu 91% \(> 80%\) · \S+ us-west-2/)])
  expect(mails.mails.map(({ parsed }) => parsed.text)).toEqual([expect.stringMatching(red)])

  await put(-5, 47)
  const ended = await runOnce(monitor, { store, clock: ahead(10) })
  expect(ended.failures.map(({ error }) => String(error))).toEqual([])
  const well = /^OK web-3 cpu 47% · was RED for 10m · \S+ us-west-2/
  // The message itself is edited, and a reply in its thread tells those who follow it.
  expect(slack.messages.map((message) => shownText(message).split('\n')[0])).toEqual([expect.stringMatching(/OK web-3 cpu 47%/), expect.stringMatching(/OK web-3 cpu 47%/)])
  expect(mails.mails.map(({ parsed }) => parsed.text)[1]).toMatch(well)
  expect(mails.mails[1]?.parsed.inReplyTo).toBe(mails.mails[0]?.parsed.messageId)
})
