import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SecretsManagerClient, CreateSecretCommand } from '@aws-sdk/client-secrets-manager'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { type AskedValue, loadMonitor, type Permission, Secret } from '@tocsin/core'
import { type AwsFront, type FrontAnswer, type FrontRequest, type Moto, startAwsFront, startMoto } from '@tocsin/dev-tools'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { valueSources } from './index.ts'
import { secretsManager } from './secrets-manager.ts'
import { ssm } from './ssm.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 })

const CANARY = 'xoxb-canary-7731'

/** A front in place of moto's answers, which for secrets are called pages. */
const asSecretsManagerAnswers = ({ api }: FrontRequest, { headers, ...answer }: FrontAnswer): FrontAnswer => ({ ...answer, headers: api === 'GetSecretValue' ? { ...headers, 'content-type': 'application/x-amz-json-1.1' } : headers })

let moto: Moto
let front: AwsFront
let folder = ''
let elsewhere = ''
let secretArn = ''

beforeAll(async () => {
  moto = await startMoto()
  front = await startAwsFront(moto.url, asSecretsManagerAnswers)
  folder = await mkdtemp(join(tmpdir(), 'tocsin-secrets-'))
  const config = { endpoint: moto.url, region: 'us-east-1', credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' } }
  const parameters = new SSMClient(config)
  await parameters.send(new PutParameterCommand({ Name: '/tocsin/slack', Type: 'SecureString', Value: 'an older token' }))
  await parameters.send(new PutParameterCommand({ Name: '/tocsin/slack', Type: 'SecureString', Value: CANARY, Overwrite: true }))
  const secrets = new SecretsManagerClient(config)
  secretArn = (await secrets.send(new CreateSecretCommand({ Name: 'tocsin/slack', SecretString: JSON.stringify({ token: CANARY, port: 25, none: null, text: '' }) }))).ARN ?? ''
  await secrets.send(new CreateSecretCommand({ Name: 'plain', SecretString: CANARY }))
  await secrets.send(new CreateSecretCommand({ Name: 'binary', SecretBinary: Buffer.from(CANARY) }))
  const abroad = { ...config, region: 'eu-west-1' }
  await new SSMClient(abroad).send(new PutParameterCommand({ Name: '/tocsin/abroad', Type: 'String', Value: 'from Ireland' }))
  elsewhere = (await new SecretsManagerClient(abroad).send(new CreateSecretCommand({ Name: 'abroad', SecretString: 'secret of Ireland' }))).ARN ?? ''
})
afterAll(async () => {
  await front.stop()
  await moto.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  for (const [name, value] of Object.entries({ ...moto.env, AWS_ENDPOINT_URL: front.url })) vi.stubEnv(name, value)
})
afterEach(() => vi.unstubAllEnvs())

/** How often each API has been called since. */
function counted(): () => Readonly<Record<string, number>> {
  const from = front.requests.length
  return () => {
    const since = front.requests.slice(from).map(({ api, body }) => api || (/Action=(\w+)/.exec(body.toString())?.[1] ?? ''))
    return Object.fromEntries([...Map.groupBy(since, (api) => api)].map(([api, calls]) => [api, calls.length]))
  }
}

/** What a configuration with these placeholders as paths of files comes to: the values in order, or its errors. */
async function filled(...placeholders: readonly string[]): Promise<unknown> {
  const text = `watch: []\nnotify:\n${placeholders.map((placeholder, index) => `  n${index}: { use: file, path: '${placeholder}' }\n`).join('')}`
  await writeFile(join(folder, 'tocsin.yaml'), text)
  const values: unknown[] = []
  const asked: AskedValue[] = []
  // The sources as they are: that core finds them by their package is the command's test.
  const spied = Object.fromEntries(Object.entries(valueSources).map(([scheme, source]) => [scheme, { ...source, read: async (...args: Parameters<typeof source.read>) => {
    const value = await source.read(...args)
    values.push([args[0], value])
    return value
  } }]))
  try {
    await loadMonitor({ cwd: folder, sources: spied, onAsk: (one) => void asked.push(one) })
    return Object.fromEntries(values as [string, string][])
  } catch (error) {
    return String(error).replace('ConfigError: ', '').split('\n')
  }
}

describe('placeholders', () => {
  it('hold the parameter, decrypted, and the secret or a key of it, each asked for once', async () => {
    const calls = counted()
    expect(await filled('${ssm:/tocsin/slack}', 'a${ssm:/tocsin/slack}', '${ssm:/tocsin/slack:1}', '${secretsmanager:tocsin/slack#token}', '${secretsmanager:tocsin/slack#port}', '${secretsmanager:plain}')).toEqual({
      '/tocsin/slack': CANARY,
      '/tocsin/slack:1': 'an older token',
      'tocsin/slack#token': CANARY,
      'tocsin/slack#port': '25',
      plain: CANARY,
    })
    expect(calls()).toEqual({ GetCallerIdentity: 1, GetParameter: 2, GetSecretValue: 2 })
  })

  it('ask the region of an ARN', async () => {
    const parameter = 'arn:aws:ssm:eu-west-1:123456789012:parameter/tocsin/abroad'
    expect(await filled(`\${ssm:${parameter}}`, `\${secretsmanager:${elsewhere}}`, `\${secretsmanager:${secretArn}#token}`)).toEqual({
      [parameter]: 'from Ireland',
      [elsewhere]: 'secret of Ireland',
      [`${secretArn}#token`]: CANARY,
    })
    expect(await filled('${ssm:/tocsin/abroad}')).toEqual([expect.stringMatching(/^E110 parameter "\/tocsin\/abroad": there is none \(.*, us-east-1\) · tocsin\.yaml:3:27 · check its name, the account and the region/)])
  })

  it('say at their place what is not there or cannot be a name', async () => {
    const errors = await filled('${ssm:/nothing}', '${ssm:/tocsin/slack:9}', '${secretsmanager:nothing}', '${secretsmanager:plain#token}', '${secretsmanager:tocsin/slack#nothing}', '${secretsmanager:tocsin/slack#none}', '${secretsmanager:tocsin/slack#constructor}', '${secretsmanager:binary}', '${ssm:/a:-b}', '${ssm:a b}', '${secretsmanager:a b}', '${secretsmanager:a:-b}', '${secretsmanager:a#}')
    expect(errors).toEqual([
      expect.stringMatching(/^E110 parameter "\/nothing": there is none .* · tocsin\.yaml:3:27 · /),
      expect.stringMatching(/^E110 parameter "\/tocsin\/slack:9": there is none .* · tocsin\.yaml:4:27 · /),
      expect.stringMatching(/^E110 secret "nothing": there is none .* · tocsin\.yaml:5:27 · /),
      'E110 secret "plain": it is not a JSON object · tocsin.yaml:6:27 · leave out "#" and what follows, to read all of it',
      'E110 secret "tocsin/slack": it has no key "nothing", or nothing under it · tocsin.yaml:7:27 · check the key behind "#"',
      'E110 secret "tocsin/slack": it has no key "none", or nothing under it · tocsin.yaml:8:27 · check the key behind "#"',
      'E110 secret "tocsin/slack": it has no key "constructor", or nothing under it · tocsin.yaml:9:27 · check the key behind "#"',
      'E110 secret "binary": it holds no text · tocsin.yaml:10:27 · store a SecretString: binary secrets are not read',
      'E103 "/a:-b" cannot name a parameter · tocsin.yaml:11:27 · write ${ssm:/path}, ${ssm:/path:version} or its ARN; it takes no default',
      expect.stringMatching(/^E103 "a b" cannot name a parameter · tocsin\.yaml:12:27 · /),
      expect.stringMatching(/^E103 "a b" cannot name a secret · tocsin\.yaml:13:28 · /),
      expect.stringMatching(/^E103 "a:-b" cannot name a secret · tocsin\.yaml:14:28 · /),
      expect.stringMatching(/^E103 "a#" cannot name a secret · tocsin\.yaml:15:28 · /),
    ])
    expect(JSON.stringify(errors)).not.toContain(CANARY)
  })
})

describe('what AWS refuses', () => {
  const refusal = (type: string, message: string, status = 400) => ({ status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify({ __type: type, message, Message: message }) })
  const only = (...apis: readonly string[]) => ({ api }: { readonly api: string }) => apis.includes(api)

  it.each([
    ['User: arn:aws:iam::123456789012:user/bob is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter/kms because no identity-based policy allows it', 'ssm:GetParameter', /· allow ssm:GetParameter for .* on arn:aws:ssm:\*:\*:parameter\/tocsin\/slack$/],
    ['The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.', 'kms:Decrypt', /· allow kms:Decrypt on the key that it is encrypted with$/],
    ['User is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:123456789012:key/1', 'kms:Decrypt', /· allow kms:Decrypt on the key that it is encrypted with$/],
  ])('is E201 with the action that is missing: %s', async (message, action, fix) => {
    const undo = front.fail((request) => (only('GetParameter')(request) ? refusal('AccessDeniedException', message) : undefined))
    const [error] = (await filled('${ssm:/tocsin/slack}')) as string[]
    undo()
    expect(error).toMatch(new RegExp(`^E201 parameter "/tocsin/slack": access denied: ${action} \\(.*, us-east-1\\) · tocsin\\.yaml:3:27 · `))
    expect(error).toMatch(fix)
  })

  it('is said of secrets, too, in the words of Secrets Manager', async () => {
    const undo = front.fail((request) => (only('GetSecretValue')(request) ? refusal('AccessDeniedException', 'Access to KMS is not allowed') : undefined))
    expect(await filled('${secretsmanager:plain}')).toEqual([expect.stringMatching(/^E201 secret "plain": access denied: kms:Decrypt /)])
    undo()
  })

  it('is E202, E204, E205, E206 for credentials, throttling, outages and the rest', async () => {
    const first = async (type: string, status?: number): Promise<unknown> => {
      const undo = front.fail((request) => (only('GetParameter')(request) ? refusal(type, 'no', status) : undefined))
      const errors = await filled('${ssm:/tocsin/slack}')
      undo()
      return errors
    }
    expect(await first('UnrecognizedClientException')).toEqual([expect.stringMatching(/^E202 parameter "\/tocsin\/slack": UnrecognizedClientException: ssm does not accept the credentials .* · tocsin\.yaml:3:27 · check the credentials/)])
    expect(await first('InternalServerError', 500)).toEqual([expect.stringMatching(/^E205 .* · tocsin\.yaml:3:27 · check the network, proxy and endpoint, then try again$/)])
    expect(await first('ThrottlingException')).toEqual([expect.stringMatching(/^E204 .* · tocsin\.yaml:3:27 · try again in a minute$/)])
    expect(await first('InvalidKeyId')).toEqual([expect.stringMatching(/^E206 .* · tocsin\.yaml:3:27 · check what the placeholder names$/)])
    vi.stubEnv('AWS_REGION', '')
    expect(await filled('${ssm:/tocsin/slack}')).toEqual([expect.stringMatching(/^E202 parameter "\/tocsin\/slack": no region is set .* · tocsin\.yaml:3:27 · .*AWS_REGION/)])
  })
})

describe('in a program', () => {
  it('values are secrets, from wherever they come', async () => {
    const [token, member] = await Promise.all([ssm('/tocsin/slack'), secretsManager('tocsin/slack#token')])
    expect([token, member]).toEqual([expect.any(Secret), expect.any(Secret)])
    expect([token.reveal(), member.reveal()]).toEqual([CANARY, CANARY])
    expect(`${String(token)} ${JSON.stringify([token, member])}`).not.toContain(CANARY)
  })

  it('errors are placed where the value is asked for', async () => {
    const thrown: unknown = await ssm('/nothing').catch((error: unknown) => error)
    expect(thrown).toMatchObject({ name: 'TocsinError', code: 'E110', where: undefined, stack: expect.stringMatching(/^[^\n]*\n\s+at .*secrets\.test\.ts:\d+:\d+/) })
    await expect(secretsManager('a b')).rejects.toMatchObject({ code: 'E103' })
  })
})

it('names what a policy must allow', () => {
  const { ssm: parameters, secretsmanager: secrets } = valueSources
  const on = (permissions: readonly Permission[]) => permissions.map(({ action, resources: [resource], onlyIf }) => `${action} ${resource}${onlyIf === undefined ? '' : ' if'}`)
  expect(on(parameters.permissions('/a/b'))).toEqual(['ssm:GetParameter arn:aws:ssm:*:*:parameter/a/b', 'kms:Decrypt arn:aws:kms:*:*:key/* if'])
  expect(on(parameters.permissions('name:3'))[0]).toBe('ssm:GetParameter arn:aws:ssm:*:*:parameter/name')
  expect(on(parameters.permissions('arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a:live'))).toEqual(['ssm:GetParameter arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a', 'kms:Decrypt arn:aws-cn:kms:cn-north-1:*:key/* if'])
  expect(on(secrets.permissions('a/b#key'))).toEqual(['secretsmanager:GetSecretValue arn:aws:secretsmanager:*:*:secret:a/b-??????', 'kms:Decrypt arn:aws:kms:*:*:key/* if'])
  const arn = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:a'
  expect([on(secrets.permissions(`${arn}-AbCd12`))[0], on(secrets.permissions(arn))[0]]).toEqual([`secretsmanager:GetSecretValue ${arn}-AbCd12`, `secretsmanager:GetSecretValue ${arn}-??????`])
  expect([parameters.permissions('a b'), secrets.permissions('a b')]).toEqual([[], []])
})
