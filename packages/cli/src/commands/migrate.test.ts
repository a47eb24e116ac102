import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { envelope, scratch, tocsin } from '../testing/cli.ts'

const ALERTMANAGER = `
global:
  smtp_smarthost: mail.example.org:587
  smtp_from: alerts@example.org
  smtp_auth_username: tocsin
  smtp_auth_password: hunter22
  resolve_timeout: 5m
route:
  receiver: ops
  group_by: [cluster]
  routes:
  - matchers: ['team="db"']
    receiver: dba
    continue: true
    mute_time_intervals: [nights]
  - match_re: { host: a|b }
    group_by: [...]
    active_time_intervals: [nights]
receivers:
- name: ops
  email_configs: [{ to: 'a@example.org' }]
- name: dba
  slack_configs: [{ api_url: 'http://127.0.0.1/hook' }]
  webhook_configs: [{ url: 'http://127.0.0.1/' }]
  pagerduty_configs: [{ routing_key: hunter23 }]
time_intervals:
- name: nights
  time_intervals:
  - times: [{ start_time: 22:00, end_time: 24:00 }]
    weekdays: [monday:friday]
    location: Europe/Berlin
inhibit_rules:
- source_matchers: [sev="page"]
  target_match: { sev: ticket }
  equal: [cluster]
`

let folder = ''
beforeEach(async () => {
  folder = await scratch()
  await writeFile(join(folder, 'alertmanager.yml'), ALERTMANAGER)
})

const migrate = (...args: string[]) => tocsin(['migrate', 'alertmanager.yml', ...args], folder)

describe('migrate', () => {
  it('prints a monitor that is sound, and what differs beside it', async () => {
    const { code, stdout, stderr } = await migrate()
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^alertmanager\.yml:7 global\.resolve_timeout: "resolve_timeout" · /),
      expect.stringMatching(/^alertmanager\.yml:25 receivers\[1\]\.pagerduty_configs\[0\]: PagerDuty is not told · /),
      '2 to look at; then say what to watch: "watch" is empty',
    ])
    expect(stderr).not.toContain('hunter')
    expect(code).toBe(0)
    await writeFile(join(folder, 'tocsin.yaml'), stdout)
    const check = await tocsin(['check'], folder)
    expect(check.stderr).toBe('')
    expect(check.stdout).toMatch(/^RED +is told to dba-slack \(slack\), dba-webhook \(webhook\), ops \(email\)$/m)
    expect((await tocsin(['routes', 'test', 'team=db', 'host=a', '--level', 'critical'], folder)).stdout).toMatch(/^route 0 \{team="db"\}: [^]*^route 1 \{host=~"a\|b"\}: /m)
  })

  it('writes a file for its owner alone, and never over another', async () => {
    const target = join(folder, 'tocsin.yaml')
    const { code, stdout } = await migrate('--output', 'tocsin.yaml')
    expect([code, stdout]).toEqual([0, 'wrote tocsin.yaml\n'])
    expect((await stat(target)).mode & 0o777).toBe(0o600)
    const written = await readFile(target, 'utf8')
    expect(written).toMatch(/^compat: alertmanager\n/)
    await writeFile(target, 'mine')
    await chmod(target, 0o644)
    const refused = await migrate('--output', 'tocsin.yaml')
    expect([refused.code, refused.stdout, refused.stderr]).toEqual([2, '', expect.stringMatching(/^E600 tocsin\.yaml exists · tocsin migrate · overwrite it with --force/)])
    expect(await readFile(target, 'utf8')).toBe('mine')
    await migrate('--output', 'tocsin.yaml', '--force')
    expect(await readFile(target, 'utf8')).toBe(written)
    expect((await stat(target)).mode & 0o777).toBe(0o600)
  })

  it('gives both to programs', async () => {
    const { data } = envelope.parse(JSON.parse((await migrate('--json')).stdout))
    expect(data).toMatchObject({ file: null, monitor: { compat: 'alertmanager', watch: [], route: { receivers: ['ops'] } }, differences: [{ line: 7, path: 'global.resolve_timeout' }, { line: 25 }] })
  })

  it('says all that is wrong with a file, at once', async () => {
    await writeFile(join(folder, 'alertmanager.yml'), 'route:\n  receiver: opps\n  group_wait: soon\nreceivers: [{ name: ops }]\n')
    const { code, stdout, stderr } = await migrate('--output', 'tocsin.yaml')
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^E106 unknown receiver "opps" · alertmanager\.yml:2:13 · /), expect.stringMatching(/^E104 .* · alertmanager\.yml:3:15 · /)])
    expect([code, stdout]).toEqual([2, ''])
    await expect(stat(join(folder, 'tocsin.yaml'))).rejects.toThrow('ENOENT')
  })

  it.each([
    [['nowhere.yml'], /^E600 nowhere\.yml cannot be read: ENOENT/],
    [['alertmanager.yml', '--output', 'no/such/folder.yaml'], /^E600 no\/such\/folder\.yaml cannot be written: ENOENT/],
    [['alertmanager.yml', '--force'], /^E600 --force without --output/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await tocsin(['migrate', ...args], folder)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})
