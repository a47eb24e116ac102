import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { collectorNames, notifierNames } from '../init/catalogue.ts'
import { envelope, scratch, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

/** Everything a written configuration may ask of the environment. */
const VARIABLES = { WEBHOOK_URL: 'https://example.com/hook', SNS_TOPIC_ARN: 'arn:aws:sns:us-west-2:123456789012:ops', SMTP_URL: 'smtp://mail.example.com', SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T0/B0/x', SLACK_BOT_TOKEN: 'xoxb-1' }

describe('what init writes passes check', () => {
  it.each([
    ['--watch host --notify console'],
    ['--watch host,ec2 --regions us-west-2 --notify slack,email --channel #ops --to ops@example.com'],
    ['--watch host,ec2,rds --regions us-west-2 --notify console'],
    ['--watch s3 --regions us-west-2,eu-central-1 --notify file,webhook'],
    ['--watch host,cloudwatch,host --regions us-west-2 --notify console'],
  ])('%s', async (flags) => {
    for (const [form, file] of [[[], 'tocsin.config.ts'], [['--yaml'], 'tocsin.yaml']] as const) {
      const { code, stdout, stderr } = await tocsin(['init', ...flags.split(' '), ...form], folder)
      expect(`${code} ${stderr}`).toBe('0 ')
      expect(stdout).toMatch(new RegExp(`^wrote ${file.replaceAll('.', '\\.')}\n\ninstall {3}npm install tocsin @tocsin/core `))
      expect((await readFile(join(folder, file), 'utf8')).trimEnd().split('\n').length).toBeLessThanOrEqual(12)
      const checked = await tocsin(['check', '--config', file], folder, VARIABLES)
      expect(checked.stderr).toBe('')
      expect(checked.code).toBe(0)
    }
  })
})

const ALL = ['--watch', collectorNames.join(','), '--regions', 'us-west-2', '--notify', notifierNames.join(','), '--to', 'a@example.com,b@example.com']

it('writes YAML where TypeScript would be too long, and says so', async () => {
  const { code, stdout, stderr } = await tocsin(['init', ...ALL], folder)
  expect(stdout).toMatch(/^wrote tocsin\.yaml\n/)
  expect(stderr).toBe('tocsin.yaml in place of tocsin.config.ts: so many packages need too many lines of imports\n')
  expect(code).toBe(0)
  expect((await readFile(join(folder, 'tocsin.yaml'), 'utf8')).trimEnd().split('\n').length).toBeLessThanOrEqual(12)
  const checked = await tocsin(['check'], folder, VARIABLES)
  expect(`${checked.code} ${checked.stderr}`).toBe('0 ')
})

it('writes no YAML where it was told to write TypeScript, or where it would be passed over', async () => {
  const named = await tocsin(['init', ...ALL, '--config', 'mine.ts'], folder)
  expect(named.stderr).toMatch(/^E600 so many packages make mine\.ts too long · tocsin init · write YAML, /)
  await writeFile(join(folder, 'tocsin.config.ts'), 'mine')
  const hidden = await tocsin(['init', ...ALL, '--force'], folder)
  expect(hidden.stderr).toMatch(/^E600 so many packages need YAML, and tocsin\.config\.ts stands in its way · tocsin init · remove /)
  expect([named.code, hidden.code]).toEqual([2, 2])
})

it('reads what it needs from the environment in a way that names it when it is missing', async () => {
  await tocsin(['init', '--watch', 'host', '--notify', 'console,webhook'], folder)
  expect(await readFile(join(folder, 'tocsin.config.ts'), 'utf8')).toMatch(/import \{ consoleNotifier, defineMonitor, env \} from '@tocsin\/core'[^]* webhook\(\{ url: env\('WEBHOOK_URL'\) \}\)/)
  const { code, stderr } = await tocsin(['check'], folder)
  expect(stderr).toMatch(/^E109 environment variable WEBHOOK_URL is not set · tocsin\.config\.ts:\d+:\d+ · set it: export WEBHOOK_URL=\.\.\.\n$/)
  expect(code).toBe(2)
})

it('writes what a person would', async () => {
  await tocsin(['init', '--watch', 'host,ec2', '--regions', 'us-west-2', '--notify', 'slack', '--channel', '#ops'], folder)
  const text = await readFile(join(folder, 'tocsin.config.ts'), 'utf8')
  expect(text.replace(/name: '.*'/, "name: 'my-app'")).toBe(`import { defineMonitor } from '@tocsin/core'
import { host } from '@tocsin/collector-host'
import { ec2 } from '@tocsin/collector-ec2'
import { threshold } from '@tocsin/evaluator-threshold'
import { slack } from '@tocsin/notifier-slack'
const high = threshold({ warning: 60, critical: 80, for: '5m' })
export default defineMonitor({
  name: 'my-app',
  watch: [host({ cpu: high, memory: high, disk: high }), ec2({ regions: ['us-west-2'] }, { cpu: high })],
  notify: { slack: slack({ channel: '#ops' }) },
})
`)
})

it('names the packages to install and the variables to set, and which of them are set, never their values', async () => {
  const env = { SMTP_URL: 'smtp://user:hunter22@mail.example.com:587', AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'geheim123', AWS_REGION: 'eu-west-1' }
  const { stdout } = await tocsin(['init', '--watch', 'ec2', '--notify', 'slack,email', '--to', 'ops@example.com'], folder, env)
  expect(stdout.split('\n').slice(2)).toEqual([
    'install   npm install tocsin @tocsin/core @tocsin/collector-ec2 @tocsin/evaluator-threshold @tocsin/notifier-slack @tocsin/notifier-email',
    'set       SLACK_WEBHOOK_URL   the address of an incoming webhook',
    'set       SMTP_URL   smtp://user:password@host:587 (is set)',
    'found     AWS credentials: the environment',
    '',
  ])
  const written = await readFile(join(folder, 'tocsin.config.ts'), 'utf8')
  expect(written).toContain("ec2({ regions: ['eu-west-1'] }")
  for (const secret of ['hunter22', 'AKIAEXAMPLE', 'geheim123']) expect(stdout + written).not.toContain(secret)
})

it('overwrites nothing without --force', async () => {
  await writeFile(join(folder, 'tocsin.config.ts'), 'mine')
  const { code, stderr } = await tocsin(['init', '--yes'], folder)
  expect(stderr).toBe('E600 tocsin.config.ts exists · overwrite it with --force, or write another with --config\n')
  expect(code).toBe(2)
  expect(await readFile(join(folder, 'tocsin.config.ts'), 'utf8')).toBe('mine')
  expect((await tocsin(['init', '--yes', '--force'], folder)).code).toBe(0)
  expect(await readFile(join(folder, 'tocsin.config.ts'), 'utf8')).toContain('defineMonitor')
})

it('with --yes watches EC2 too when credentials and a region are at hand', async () => {
  await mkdir(join(folder, '.aws'))
  await writeFile(join(folder, '.aws/config'), '[default]\nregion = eu-central-1\n\n[profile prod]\nregion=us-west-2\n')
  await writeFile(join(folder, '.aws/credentials'), '[prod]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = geheim123\n')
  const { stdout } = await tocsin(['init', '--yes', '--json'], folder, { AWS_PROFILE: 'prod' })
  expect(envelope.parse(JSON.parse(stdout)).data).toMatchObject({ awsCredentials: 'profile prod', packages: expect.arrayContaining(['@tocsin/collector-ec2']), missingVariables: [] })
  expect(await readFile(join(folder, 'tocsin.config.ts'), 'utf8')).toContain("regions: ['us-west-2']")
  expect(stdout).not.toContain('AKIAEXAMPLE')
})

it.each([
  [[], /^E600 nobody to ask: this is not a terminal/],
  [['--watch', 'host,ec3'], /^E600 --watch cannot be "ec3" · tocsin init · write one or more of host, ec2, rds, s3, cloudwatch$/m],
  [['--watch', 'ec2'], /^E600 no AWS region is known · tocsin init · name some: --regions us-west-2$/m],
  [['--watch', 'ec2', '--regions', 'Oregon'], /^E600 --regions cannot be "Oregon"/],
  [['--watch', 'host', '--notify', 'email'], /^E600 no mail address is known/],
  [['--watch', 'host', '--notify', 'slack', '--channel', "#ops' }) //"], /^E600 --channel cannot be/],
])('refuses %j', async (flags, message) => {
  const { code, stderr } = await tocsin(['init', ...flags], folder)
  expect(stderr).toMatch(message)
  expect(code).toBe(2)
})
