import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startAwsAccount } from '../testing/aws-account.ts'
import { envelope, scratch, start, tocsin } from '../testing/cli.ts'
import { fromOldCommandLine } from './old-command-line.ts'
import { readOldConfig, translateOldConfig } from './translate.ts'

const OLD = { cpu_threshold: 80, memory_threshold: 85, disk_threshold: 90, rds_cpu_threshold: 75, rds_connection_threshold: 100, s3_size_threshold_gb: 0.5, email_enabled: true, slack_enabled: true, check_interval: 300 }

async function folderWith(config: object): Promise<string> {
  const folder = await scratch()
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  return folder
}

it.each([
  ['--continuous --interval 300 --region us-west-2 --config-file config.json', 'run --continuous --interval 300 --region us-west-2 --config config.json'],
  ['--config-file=a.json --interval=300 --debug', 'run --debug --config a.json'],
  ['--interval 300 --config-file a.json', 'run --config a.json'],
  ['--continuous --interval=60 --config-file a.json', 'run --continuous --interval=60 --config a.json'],
  ['--continuous --interval 300', undefined],
  ['run --config-file a.json', undefined],
  ['', undefined],
])('takes "%s" for %s', (typed, meant) => {
  expect(fromOldCommandLine(typed.split(' ').filter(Boolean))?.join(' ')).toBe(meant)
})

it.each(['--continuous --interval 300', '--region us-west-2', '--interval=300'])('says of "%s" what is missing', async (typed) => {
  const { code, stderr } = await tocsin(typed.split(' '), await scratch())
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^E600 unknown option '--\w+.*' · name a command: tocsin run; or, as with the old script, its configuration: --config-file config\.json\n$/)])
})

describe('a config.json', () => {
  const translated = (config: object, over: Partial<Parameters<typeof translateOldConfig>[1]> = {}) => translateOldConfig({ ...config }, { file: 'config.json', env: {}, ...over })

  it('becomes critical lines for what it names, and channels that read the environment', () => {
    expect(translated(OLD, { regions: ['us-west-2'] })).toEqual({
      declaration: {
        every: '300s',
        watch: [
          { use: 'ec2', regions: ['us-west-2'], rules: { cpu: { critical: 80 }, memory: { critical: 85 }, disk: { critical: 90 } } },
          { use: 'rds', regions: ['us-west-2'], rules: { cpu: { critical: 75 }, connections: { critical: 100 } } },
          { use: 's3', regions: ['us-west-2'], rules: { size: { critical: '0.5GB' } } },
        ],
        notify: { mail: { use: 'email', to: '${EMAIL_TO}' }, slack: { use: 'slack' } },
      },
      variables: [expect.objectContaining({ name: 'EMAIL_TO', declared: true }), expect.objectContaining({ name: 'SMTP_URL', declared: false }), expect.objectContaining({ name: 'SLACK_WEBHOOK_URL' })],
      unknown: [],
    })
  })

  it('tells the terminal where it tells nobody, and Slack as a bot where there is one', () => {
    expect(translated({ rds_cpu_threshold: 1, log_level: 'INFO' })).toEqual({ declaration: { watch: [{ use: 'rds', rules: { cpu: { critical: 1 } } }], notify: { console: { use: 'console' } } }, variables: [], unknown: ['log_level'] })
    const bot = translated({ slack_enabled: true, email_enabled: false }, { env: { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_CHANNEL: '#ops' } })
    expect(bot).toMatchObject({ declaration: { notify: { slack: { use: 'slack', channel: '${SLACK_CHANNEL}' } } }, variables: [{ name: 'SLACK_CHANNEL' }, { name: 'SLACK_BOT_TOKEN' }] })
  })

  it('is told from a monitor, and from what is neither', () => {
    expect(readOldConfig('{"cpu_threshold":80}')).toEqual({ cpu_threshold: 80 })
    for (const text of ['{"watch":[],"cpu_threshold":80}', '{"other":1}', '[]', '{', 'null']) expect(readOldConfig(text)).toBeUndefined()
  })

  it('is refused where a value is of the wrong kind, by its key', () => {
    for (const [config, what] of [[{ cpu_threshold: '80' }, '"cpu_threshold" cannot be "80"'], [{ check_interval: 0 }, '"check_interval" cannot be 0'], [{ disk_threshold: -1 }, '"disk_threshold" cannot be -1'], [{ email_enabled: 'yes' }, '"email_enabled" cannot be "yes"']] as const) {
      expect(() => translated(config)).toThrow(expect.objectContaining({ code: 'E600', where: 'config.json', message: what }))
    }
  })
})

it('runs unchanged, with one hint, and on and on', async () => {
  const account = await startAwsAccount(Date.now())
  try {
    const folder = await folderWith({ cpu_threshold: 80, rds_connection_threshold: 100, check_interval: 600, unheard: 1 })
    const old = await tocsin(['--region', 'us-east-1', '--interval', '9', '--config-file', 'config.json', '--json'], folder, account.env)
    expect(old.stderr).toBe('config.json is of the old script and was translated in memory but for unheard · tocsin migrate config.json --output tocsin.yaml\n')
    const { command, data } = envelope.parse(JSON.parse(old.stdout))
    expect(command).toBe('run')
    expect(data).toMatchObject({ observations: [{ rule: 'ec2.cpu', resource: { region: 'us-east-1' } }, { rule: 'rds.connections', resource: { name: 'shop' } }] })

    // Flags win over keys: the next pass does not wait for ten minutes.
    const running = start(['--continuous', '--interval', '1', '--region', 'us-east-1', '--config-file', 'config.json', '--json'], folder, account.env)
    await running.printed(/("command":"run"[^]*){3}/)
    running.child.kill('SIGTERM')
    expect((await running.finished).code).toBe(0)
  } finally {
    await account.stop()
  }
}, 120_000)

it('names a variable that is missing, and refuses a region beside a configuration of our own', async () => {
  const folder = await folderWith(OLD)
  const { code, stderr } = await tocsin(['--config-file', 'config.json'], folder)
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'E109 environment variable EMAIL_TO is not set · config.json, email_enabled · set it to the addresses, with commas\n' })
  const both = await tocsin(['--config-file', 'config.json'], folder, { EMAIL_TO: 'ops@example.com' })
  expect(both.stderr).toMatch(/E109 SMTP_URL is not set · notify\.mail.*\nE109 environment variable SLACK_WEBHOOK_URL is not set · notify\.slack/)
  await writeFile(join(folder, 'tocsin.json'), '{"watch":[]}')
  expect(await tocsin(['run', '-c', 'tocsin.json', '--region', 'us-west-2'], folder)).toMatchObject({ code: 2, stderr: expect.stringContaining('E600 --region beside a configuration that names its regions') })
})

it('is written down by init and by migrate, which say what is needed, and every command reads what they write', async () => {
  const folder = await folderWith({ ...OLD, unheard: 1 })
  const init = await tocsin(['init', '--from', 'config.json', '--regions', 'us-west-2'], folder)
  expect(init).toMatchObject({ code: 0, stderr: 'config.json unheard: it means nothing here\n' })
  expect(init.stdout).toContain('install   npm install tocsin @tocsin/core @tocsin/collector-ec2 @tocsin/collector-rds @tocsin/collector-s3 @tocsin/evaluator-threshold @tocsin/notifier-slack @tocsin/notifier-email\n')
  expect(init.stdout).toContain('set       SMTP_URL   smtp://user:password@host:587')
  const env = { EMAIL_TO: 'ops@example.com', SMTP_URL: 'smtp://localhost', SLACK_WEBHOOK_URL: 'https://hooks.slack.com/x' }
  const check = await tocsin(['check'], folder, env)
  expect(check).toMatchObject({ code: 0, stdout: expect.stringMatching(/^tocsin\.yaml is sound: monitor main, every 5m\n/) })
  expect((await tocsin(['init', '--from', 'config.json'], folder)).stderr).toContain('E600 tocsin.yaml exists')

  const migrate = await tocsin(['migrate', 'config.json'], folder)
  expect(migrate.stdout).toBe((await readFile(join(folder, 'tocsin.yaml'), 'utf8')).replaceAll(/    regions:\n      - us-west-2\n/g, ''))
  expect(migrate.stderr).toContain('config.json unheard: it means nothing here\nEMAIL_TO must hold the addresses, with commas\n')
  // The same rules, translated in memory.
  expect((await tocsin(['check', '-c', 'config.json'], folder, env)).stdout.split('\n').slice(1)).toEqual(check.stdout.split('\n').slice(1))
  expect((await tocsin(['init', '--from', 'tocsin.yaml'], folder)).stderr).toContain('E600 tocsin.yaml is no configuration of the old script')
})
