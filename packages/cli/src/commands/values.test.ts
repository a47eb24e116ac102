import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AwsFront, type FrontAnswer, type FrontRequest, type Moto, type SlackStandIn, startAwsFront, startMoto, startSlackStandIn } from '@tocsin/dev-tools'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { envelope, type Finished, scratch, tocsin } from '../testing/cli.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

/** A front in place of moto's answers, which for secrets are called pages. */
const asSecretsManagerAnswers = ({ api }: FrontRequest, { headers, ...answer }: FrontAnswer): FrontAnswer => ({ ...answer, headers: api === 'GetSecretValue' ? { ...headers, 'content-type': 'application/x-amz-json-1.1' } : headers })

let moto: Moto
let front: AwsFront
let slack: SlackStandIn
beforeAll(async () => {
  ;[moto, slack] = await Promise.all([startMoto(), startSlackStandIn()])
  front = await startAwsFront(moto.url, asSecretsManagerAnswers)
  await call('AmazonSSM.PutParameter', 'ssm', { Name: '/tocsin/slack', Type: 'SecureString', Value: slack.token })
  await call('secretsmanager.CreateSecret', 'secretsmanager', { Name: 'tocsin/slack', SecretString: JSON.stringify({ token: slack.token }), ClientRequestToken: randomUUID() })
})
afterAll(async () => {
  await front.stop()
  await Promise.all([moto.stop(), slack.stop()])
})

async function call(target: string, service: string, input: object): Promise<void> {
  const authorization = `AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`
  const answer = await fetch(moto.url, { method: 'POST', headers: { authorization, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }, body: JSON.stringify(input) })
  if (!answer.ok) throw new Error(`${target}: ${answer.status} ${await answer.text()}`)
}

let folder = ''
beforeEach(async () => {
  folder = await scratch()
  slack.clear()
})

const declared = (token: string, more = ''): string => `
name: values
watch:
  - { use: host, rules: { memory: { critical: 0.001 } } }
notify:
  ops: { use: slack, channel: '#ops', apiUrl: '${slack.apiUrl}', token: '${token}' }
${more}`
const program = (read: string, more = ''): string => `import { defineMonitor } from '@tocsin/core'
import { secretsManager, ssm } from '@tocsin/aws'
import { slack } from '@tocsin/notifier-slack'

export default defineMonitor({
  name: 'values',
  watch: [],
  notify: { ops: slack({ channel: '#ops', apiUrl: '${slack.apiUrl}', token: await ${read} }) },
  ${more}
})
`

/** Whatever a command prints, the token is not in it. */
async function run(...args: readonly string[]): Promise<Finished> {
  const result = await tocsin(args, folder, { ...moto.env, AWS_ENDPOINT_URL: front.url })
  expect(result.stdout + result.stderr).not.toContain(slack.token)
  return result
}
const put = (file: string, text: string): Promise<void> => writeFile(join(folder, file), text)
const denied = { status: 400, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify({ __type: 'AccessDeniedException', message: 'User: bob is not authorized to perform: ssm:GetParameter on resource: x' }) }
const refuse = () => front.fail(({ api }) => (api === 'GetParameter' ? denied : undefined))

describe('a token at AWS', () => {
  it.each([
    ['tocsin.yaml', () => declared('${ssm:/tocsin/slack}'), 'ssm:/tocsin/slack'],
    ['tocsin.yaml', () => declared('${secretsmanager:tocsin/slack#token}'), 'secretsmanager:tocsin/slack#token'],
    ['tocsin.config.ts', () => program(`ssm('/tocsin/slack')`), 'ssm:/tocsin/slack'],
    ['tocsin.config.ts', () => program(`secretsManager('tocsin/slack#token')`), 'secretsmanager:tocsin/slack#token'],
  ])('is asked for by %s, told of by check, and taken by Slack', async (file, text, value) => {
    await put(file, text())
    const checked = await run('check', '--debug')
    expect(checked.stderr).toContain(`not offline: asked for the value of ${value}\n`)
    expect(checked.code).toBe(0)
    expect(envelope.parse(JSON.parse((await run('check', '--json')).stdout)).data).toMatchObject({ asked: [value] })
    expect((await run('test-notify', '--debug')).code).toBe(0)
    expect(slack.messages).toHaveLength(1)
  })

  it('reaches Slack in a run', async () => {
    await put('tocsin.yaml', declared('${ssm:/tocsin/slack}'))
    const { code, stderr } = await run('run', '--debug')
    expect({ code, stderr: stderr.includes('E3') }).toEqual({ code: 0, stderr: false })
    expect(slack.messages).toHaveLength(1)
    slack.fail('chat.postMessage', { error: 'invalid_auth' })
    expect((await run('test-notify', '--debug')).code).toBe(1)
  })

  it('is hidden where it does not belong', async () => {
    const token = '${ssm:/tocsin/slack}'
    await put('tocsin.yaml', declared('${ssm:/nothing}', `every: ${token}\nroute: { critical: ['${token}'] }\nstate: '/nowhere/${token}'\n`))
    const { code, stderr } = await run('check', '--debug')
    expect(code).toBe(2)
    expect(stderr).toContain(`E104 "every" is not a duration: ${token} · tocsin.yaml:7:8 · `)
    expect(stderr).toMatch(/^E110 parameter "\/nothing": there is none \(user\/moto, us-east-1\) · tocsin\.yaml:6:\d+ · /m)
    await put('wrong.config.ts', program(`ssm('/tocsin/slack')`, `every: await ssm('/tocsin/slack') as never,`))
    const wrong = await run('check', '-c', 'wrong.config.ts', '--debug')
    expect(wrong.stderr).toMatch(/^E10\d .*every.* · wrong\.config\.ts:9:/m)
  })
})

describe('tocsin iam', () => {
  const actions = (policy: string): unknown => (JSON.parse(policy) as { Statement: { Action: string[]; Resource: string[] }[] }).Statement.map(({ Action, Resource }) => [...Action, ...Resource])

  it('lists what reading the configuration needs', async () => {
    await put('tocsin.yaml', declared('${ssm:/tocsin/slack}', `record: { a: { use: dynamodb, table: records, folder: '\${secretsmanager:tocsin/slack#token}' } }`))
    const { code, stdout, stderr } = await run('iam')
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/^E/m) })
    expect(actions(stdout)).toEqual([
      ['ssm:GetParameter', 'arn:aws:ssm:*:*:parameter/tocsin/slack'],
      ['secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:*:*:secret:tocsin/slack-??????'],
      ['dynamodb:BatchWriteItem', 'arn:aws:dynamodb:*:*:table/records'],
    ])
    expect(stderr).toContain('default credentials also needs kms:Decrypt if a parameter is encrypted with a key of your own')
    expect(stderr).toContain('default credentials also needs kms:Decrypt if a secret is encrypted with a key of your own')
  })

  it.each([
    ['tocsin.yaml', () => declared('${ssm:/tocsin/slack}', `record: { a: { use: dynamodb, table: records, folder: r } }`), 6],
    ['tocsin.config.ts', () => program(`ssm('/tocsin/slack')`), 8],
  ])('lists it although it is not allowed yet: %s', async (file, text, line) => {
    await put(file, text())
    const undo = refuse()
    const { code, stdout, stderr } = await run('iam')
    const checked = await run('check')
    undo()
    expect({ code, stderr }).toMatchObject({ code: 4 })
    expect(actions(stdout)).toEqual([['ssm:GetParameter', 'arn:aws:ssm:*:*:parameter/tocsin/slack']])
    const error = new RegExp(`^E201 parameter "/tocsin/slack": access denied: ssm:GetParameter \\(user/moto, us-east-1\\) · ${file.replaceAll('.', '\\.')}:${line}:\\d+ · allow ssm:GetParameter for user/moto on arn:aws:ssm:\\*:\\*:parameter/tocsin/slack$`, 'm')
    expect(stderr).toMatch(error)
    expect(stderr).toContain('run "tocsin iam" again once it is allowed')
    expect(checked.stderr).toMatch(error)
  })

  it('keeps silent about permissions where something else is wrong, too', async () => {
    await put('tocsin.yaml', declared('${ssm:/tocsin/slack}', 'evry: 5m\n'))
    const undo = refuse()
    const { code, stdout, stderr } = await run('iam')
    undo()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^E102 unknown key "evry"/m)
  })
})
