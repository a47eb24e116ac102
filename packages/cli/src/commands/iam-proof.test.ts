import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { type AwsAccount, startAwsAccount } from '../testing/aws-account.ts'
import { envelope, type Finished, scratch, tocsin } from '../testing/cli.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

const printed = z.object({ policies: z.array(z.object({ identity: z.string(), document: z.object({ Version: z.string(), Statement: z.array(z.object({ Sid: z.string(), Effect: z.literal('Allow'), Action: z.array(z.string()), Resource: z.array(z.string()) })) }) })) })
type Document = z.output<typeof printed>['policies'][number]['document']

let account: AwsAccount
beforeAll(async () => {
  account = await startAwsAccount(Date.now())
})
afterAll(() => account?.stop())

const config = ({ roleArn, topicArn, bucket }: AwsAccount): string => `
name: proof
watch:
  - { use: ec2, regions: [us-east-1], rules: { cpu: { critical: 80 }, memory: { critical: 80 } } }
  - { use: s3, regions: [us-east-1], rules: { size: { critical: 1TB } } }
  - use: cloudwatch
    regions: [us-east-1]
    metrics: { waiting: { namespace: Shop, metric: Waiting, dimensions: { Queue: '*' }, stat: Maximum, period: 1m, unit: count } }
    rules: { waiting: { critical: 5 } }
  - { use: rds, regions: [us-east-1], accounts: [{ roleArn: '${roleArn}' }], rules: { connectionsUsed: { critical: 90 } } }
notify:
  topic: { use: sns, topicArn: '${topicArn}' }
record:
  bucket: { use: s3, bucket: ${bucket}, prefix: proof, folder: records, region: us-east-1 }
`

/** A folder with the configuration, and what a single pass there printed and left behind. */
async function pass(): Promise<{ readonly run: Finished; readonly diff: Finished }> {
  const folder = await scratch()
  await writeFile(join(folder, 'tocsin.yaml'), config(account))
  const run = await tocsin(['run', '--json'], folder, account.env)
  return { run, diff: await tocsin(['iam', '--diff'], folder, account.env) }
}

async function leastPolicies(): Promise<readonly [user: Document, role: Document]> {
  const folder = await scratch()
  await writeFile(join(folder, 'tocsin.yaml'), config(account))
  const { stdout } = await tocsin(['iam', '--json'], folder)
  const { policies } = printed.parse(envelope.parse(JSON.parse(stdout)).data)
  const documentOf = (wanted: string): Document => policies.find(({ identity }) => identity === wanted)?.document ?? { Version: '', Statement: [] }
  return [documentOf('default credentials'), documentOf(account.roleArn)]
}

const without = ({ Version, Statement }: Document, action: string): Document => ({ Version, Statement: Statement.flatMap((one) => (one.Action.includes(action) ? [] : [one])) })

describe('the policy that is printed', () => {
  it('is enough, and names the bucket, the topic and the role', async () => {
    const [user, role] = await leastPolicies()
    await account.allow(user, role)
    const { run, diff } = await pass()
    const { ok, data, problems } = envelope.parse(JSON.parse(run.stdout))
    expect({ ok, problems, code: run.code }).toEqual({ ok: true, problems: [], code: 0 })
    expect(JSON.stringify(data)).toContain('"outcome":"delivered"')
    expect(diff).toMatchObject({ code: 0, stdout: 'no run was refused anything\n' })
    const onWhat = Object.fromEntries(user.Statement.map(({ Action, Resource }) => [Action.join(), Resource]))
    expect(onWhat).toMatchObject({ 's3:PutObject': ['arn:aws:s3:::records/proof/*'], 'sns:Publish': [account.topicArn], 'sts:AssumeRole': [account.roleArn] })
    expect(role.Statement.map(({ Resource }) => Resource)).toEqual([['arn:aws:rds:us-east-1:123456789012:db:*'], ['arn:aws:rds:us-east-1:123456789012:pg:*'], ['*']])
  })

  it('holds every action that is called, and each is missed by name', async () => {
    const [user, role] = await leastPolicies()
    const cases = [
      ...user.Statement.flatMap(({ Action }) => Action.map((action) => ({ action, user: without(user, action), role }))),
      ...role.Statement.flatMap(({ Action }) => Action.map((action) => ({ action, user, role: without(role, action) }))),
    ]
    expect(cases.map(({ action }) => action).toSorted()).toEqual(
      ['cloudwatch:GetMetricData', 'cloudwatch:GetMetricData', 'cloudwatch:ListMetrics', 'ec2:DescribeInstances', 'rds:DescribeDBInstances', 'rds:DescribeDBParameters', 's3:ListAllMyBuckets', 's3:PutObject', 'sns:Publish', 'sts:AssumeRole'].toSorted(),
    )
    const told: unknown[] = []
    for (const { action, ...allowed } of cases) {
      await account.allow(allowed.user, allowed.role)
      const { run, diff } = await pass()
      const { ok, problems } = envelope.parse(JSON.parse(run.stdout))
      told.push({ action, ok, named: problems.some(({ what }) => what.includes(`access denied: ${action}`)), diff: diff.code, missing: diff.stderr.includes(`E201 access denied: ${action} · `) })
    }
    expect(told).toEqual(cases.map(({ action }) => ({ action, ok: false, named: true, diff: 4, missing: true })))
  })
})
