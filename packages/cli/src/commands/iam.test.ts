import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openSqliteStore } from '@tocsin/store-sql'
import { expect, it } from 'vitest'
import { type Policy, policiesOf } from '../iam/policies.ts'
import { terraform } from '../iam/terraform.ts'
import { statePlace } from '../run/state-path.ts'
import { anAlert } from '../testing/builders.ts'
import { envelope, FIXTURE, scratch, stateEnv, tocsin } from '../testing/cli.ts'

const YAML = `
name: policies
watch:
  - { use: ec2, profile: dev, rules: { cpu: { critical: 80 } } }
  - { use: rds, regions: [cn-north-1], accounts: [{ roleArn: 'arn:aws-cn:iam::123456789012:role/mon' }, { roleArn: 'arn:aws-cn:iam::123456789013:role/mon' }], rules: { cpu: { critical: 80 } } }
  - { use: cloudwatch, metrics: { depth: { namespace: A, metric: B, stat: Sum, period: 1m, unit: count } }, rules: { depth: { critical: 1 } } }
notify:
  one: { use: sns, topicArn: 'arn:aws:sns:us-west-2:123456789012:one' }
  two: { use: sns, topicArn: 'arn:aws:sns:us-west-2:123456789012:two.fifo' }
record:
  table: { use: dynamodb, table: tocsin, folder: records }
  alias: { use: s3, bucket: logs-abcdef-s3alias, region: eu-west-1, folder: records }
`

async function folderWith(yaml: string): Promise<string> {
  const folder = await scratch()
  await writeFile(join(folder, 'tocsin.yaml'), yaml)
  return folder
}

it('prints the policy of the credentials, and says whose else there are', async () => {
  const { code, stdout, stderr } = await tocsin(['iam'], await folderWith(YAML))
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'AssumeTheRolesOfOtherAccounts', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: ['arn:aws-cn:iam::123456789012:role/mon', 'arn:aws-cn:iam::123456789013:role/mon'] },
      { Sid: 'ReadThePointsOfMetrics', Effect: 'Allow', Action: ['cloudwatch:GetMetricData'], Resource: ['*'] },
      { Sid: 'PublishAlerts', Effect: 'Allow', Action: ['sns:Publish'], Resource: ['arn:aws:sns:us-west-2:123456789012:one', 'arn:aws:sns:us-west-2:123456789012:two.fifo'] },
      { Sid: 'WriteRecordings', Effect: 'Allow', Action: ['dynamodb:BatchWriteItem'], Resource: ['arn:aws:dynamodb:*:*:table/tocsin'] },
      { Sid: 'UploadRecordings', Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['arn:aws:s3:eu-west-1:*:accesspoint/*/object/*'] },
    ],
  })
  expect(stderr).toContain('also needs kms:Decrypt, kms:GenerateDataKey* if the topic is encrypted with a key of your own')
  expect(stderr).toContain('there are 3 more:\n  tocsin iam --identity "profile dev"\n  tocsin iam --identity "arn:aws-cn:iam::123456789012:role/mon"')
})

it('prints the policy of a role, and refuses what nothing is called as', async () => {
  const folder = await folderWith(YAML)
  const { stdout } = await tocsin(['iam', '--identity', 'arn:aws-cn:iam::123456789013:role/mon'], folder)
  expect(JSON.parse(stdout)).toMatchObject({ Statement: [{ Action: ['rds:DescribeDBInstances'], Resource: ['arn:aws-cn:rds:cn-north-1:123456789013:db:*'] }, { Action: ['cloudwatch:GetMetricData'] }] })
  const { code, stderr } = await tocsin(['iam', '--identity', 'role/mon'], folder)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('E600 --identity: nothing is called as "role/mon" · tocsin iam · one of: default credentials, profile dev, arn:') })
})

it('allows what is listed only where a rule wants it, and one resource for all where one is asked for on all', async () => {
  const actions = async (rules: string) => {
    const { stdout } = await tocsin(['iam'], await folderWith(`watch: [{ use: ec2, rules: ${rules} }]\n`))
    return [...stdout.matchAll(/"Action": \["(.*)"\]/g)].map(([, action]) => action)
  }
  expect(await actions('{ cpu: { critical: 80 } }')).toEqual(['ec2:DescribeInstances', 'cloudwatch:GetMetricData'])
  expect(await actions('{ disk: { critical: 80 } }')).toEqual(['ec2:DescribeInstances', 'cloudwatch:ListMetrics', 'cloudwatch:GetMetricData'])
  const asks = (...resources: readonly string[]) => ({ permissions: () => [{ action: 'x:Get', resources, reason: 'get' }] })
  const [policy] = policiesOf({ watch: [asks('arn:b', 'arn:a'), asks('*')], notify: {}, record: {} } as unknown as Parameters<typeof policiesOf>[0])
  expect(policy?.document.Statement).toEqual([{ Sid: 'Get', Effect: 'Allow', Action: ['x:Get'], Resource: ['*'] }])
})

it('says so where nothing calls AWS', async () => {
  const { code, stdout, stderr } = await tocsin(['iam', '-c', FIXTURE], await scratch())
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: 'nothing that is configured calls AWS: no policy is needed\n' })
})

it('writes Terraform, with the beginnings of its templates escaped', () => {
  const policy = (identity: string): Policy => ({ identity, document: { Version: '2012-10-17', Statement: [{ Sid: 'A', Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['arn:aws:s3:::b/${x}%{y}"/*'] }] }, onlyIf: [] })
  const block = ['  statement {', '    sid       = "A"', '    effect    = "Allow"', '    actions   = ["s3:PutObject"]', '    resources = ["arn:aws:s3:::b/$${x}%%{y}\\"/*"]', '  }', '}']
  expect(terraform([policy('default credentials'), policy('profile dev'), policy('arn:aws:iam::1:role/a/b')])).toEqual([
    '# default credentials', 'data "aws_iam_policy_document" "tocsin" {', ...block, '',
    '# profile dev', 'data "aws_iam_policy_document" "tocsin_profile_dev" {', ...block, '',
    '# arn:aws:iam::1:role/a/b', 'data "aws_iam_policy_document" "tocsin_1_role_a_b" {', ...block,
  ])
})

it('tells what is still refused from what works again and what nobody asks for any more', async () => {
  const folder = await folderWith(YAML)
  const file = statePlace({ name: 'policies', state: undefined }, join(folder, 'tocsin.yaml'), stateEnv(folder)).shown
  await mkdir(dirname(file), { recursive: true })
  const store = await openSqliteStore(file)
  const about = (name: string, action: string, level: 'critical' | 'none') => {
    const alert = anAlert(name, level, { reason: `E201 access denied: ${action} · role/mon, us-west-2 · allow it`, lastAt: Date.now() - 61_000 })
    return { ...alert, subject: { ...alert.subject, monitor: 'policies', rule: 'tocsin.source', resource: { ...alert.subject.resource, name } } }
  }
  await store.transaction(async (tx) => {
    for (const value of [about('cloudwatch', 'cloudwatch:GetMetricData', 'critical'), about('ec2', 'ec2:DescribeInstances', 'none'), about('s3', 's3:ListAllMyBuckets', 'critical')]) {
      await tx.alerts.put({ id: value.subject.fingerprint, monitor: 'policies', value }, 0)
    }
  })
  await store.close()
  const { code, stdout, stderr } = await tocsin(['iam', '--diff'], folder)
  expect(code).toBe(4)
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
    ['ACTION', 'STATE', 'OF'],
    ['cloudwatch:GetMetricData', 'MISSING', 'cloudwatch'],
    ['ec2:DescribeInstances', 'works again', 'ec2'],
    ['s3:ListAllMyBuckets', 'not needed any more', 's3'],
    [''],
  ])
  expect(stderr).toBe('E201 access denied: cloudwatch:GetMetricData · cloudwatch · attach the policy of "tocsin iam", which allows it\n')
  const json = await tocsin(['iam', '--diff', '--json'], folder)
  expect(envelope.parse(JSON.parse(json.stdout))).toMatchObject({ command: 'iam', ok: false, data: { denied: [{ action: 'cloudwatch:GetMetricData', verdict: 'missing', still: true }, {}, {}] } })
  expect(await readFile(join(folder, 'tocsin.yaml'), 'utf8')).toBe(YAML)
})
