import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { envelope, FIXTURE, scratch, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

const WRONG = `import { defineMonitor } from '@tocsin/core'
import { host } from '@tocsin/collector-host'
import { threshold } from '@tocsin/evaluator-threshold'

export default defineMonitor({
  watch: [host({ cpuu: threshold({ critical: 80 }) }), host({ cpu: threshold({ critical: 80, for: '5min' }) })],
  notify: {},
})
`

const WITH_SECRETS = `import { defineMonitor } from '@tocsin/core'
import { email } from '@tocsin/notifier-email'
import { slack } from '@tocsin/notifier-slack'

export default defineMonitor({ watch: [], notify: { ops: slack({ channel: '#ops' }), mail: email({ to: 'ops@example.com' }) } })
`

describe('what is missing in the environment', () => {
  beforeEach(() => writeFile(join(folder, 'tocsin.config.ts'), WITH_SECRETS))

  it.each([[['check']], [['run']], [['run', '--continuous']], [['test-notify']]])('is named by %j, all at once', async (args) => {
    const { code, stdout, stderr } = await tocsin(args, folder)
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^E109 environment variable SLACK_BOT_TOKEN is not set · notify\.ops · set it to/),
      expect.stringMatching(/^E109 SMTP_URL is not set · notify\.mail · set it to/),
    ])
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('is no matter to a dry run, nor to a test of somebody else', async () => {
    expect((await tocsin(['run', '--dry-run'], folder)).code).toBe(0)
    const { stderr } = await tocsin(['test-notify', 'mail'], folder)
    expect(stderr).toMatch(/^E109 SMTP_URL is not set · notify\.mail · .*\n$/)
  })

  it('is told from what cannot be', async () => {
    const { code, stderr } = await tocsin(['check'], folder, { SLACK_BOT_TOKEN: 'xoxb-1', SMTP_URL: 'nonsense' })
    expect(stderr).toMatch(/^E103 SMTP_URL is not an SMTP URL · notify\.mail · write it as smtp:.*\n$/)
    expect(code).toBe(2)
    expect((await tocsin(['check'], folder, { SLACK_BOT_TOKEN: 'xoxb-1', SMTP_URL: 'smtp://127.0.0.1' })).code).toBe(0)
  })
})

describe('check', () => {
  it('says everything that is wrong at once, one a line, each with place and suggestion', async () => {
    await writeFile(join(folder, 'tocsin.config.ts'), WRONG)
    const { code, stdout, stderr } = await tocsin(['check'], folder)
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^E101 unknown metric "cpuu" of host · tocsin\.config\.ts:6:\d+ · did you mean "cpu"\?$/),
      expect.stringMatching(/^E104 .*"5min" · tocsin\.config\.ts:6:\d+ · write a number and/),
    ])
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('says what is watched, at what levels, and who is told', async () => {
    const { code, stdout } = await tocsin(['check', '--config', FIXTURE], folder)
    expect(stdout).toMatch(/is sound: monitor fixture, every 1s\n/)
    expect(stdout).toMatch(/^fake\.cpu +percent +AMBER, RED +at once +CPU$/m)
    expect(stdout).toMatch(/^RED +is told to ops \(sink\)$/m)
    expect(code).toBe(0)
  })

  it('says what the monitor makes of other alerts, whom its steps tell, and that it is as Alertmanager', async () => {
    const monitor = {
      compat: 'alertmanager',
      watch: [{ use: 'host', rules: { cpu: { critical: 80, for: { warning: '9m', critical: '2m' } }, memory: { warning: 70, critical: 90, for: { warning: '10m', critical: '1m' } } } }],
      composites: { overload: { when: 'ALARM("main/host.cpu") AND ALARM("main/host.memory")', level: 'warning', for: '5m' } },
      notify: { ops: { use: 'console' }, boss: { use: 'console' } },
      route: { receivers: ['ops'] },
      steps: [{ after: '15m', notify: 'boss', level: 'critical' }],
    }
    await writeFile(join(folder, 'tocsin.yaml'), JSON.stringify(monitor))
    const { code, stdout } = await tocsin(['check'], folder)
    expect(stdout.split('\n')).toEqual([
      'tocsin.yaml is sound: monitor main, every 1m, compat alertmanager',
      '',
      expect.stringMatching(/^RULE +UNIT +LEVELS +FOR +MEASURES$/),
      expect.stringMatching(/^host\.cpu +percent +RED +2m +Busy/),
      expect.stringMatching(/^host\.memory +percent +AMBER, RED +10m, 1m +Memory/),
      expect.stringMatching(/^composite\.overload +AMBER +5m +Whether its condition on other alerts holds$/),
      '',
      'AMBER is told to ops (console)',
      'RED   is told to ops (console), boss (console)',
      '',
    ])
    expect(code).toBe(0)
    expect(envelope.parse(JSON.parse((await tocsin(['check', '--json'], folder)).stdout)).data).toMatchObject({ compat: 'alertmanager', composites: { overload: { level: 'warning', forSeconds: 300 } } })
  })
})
