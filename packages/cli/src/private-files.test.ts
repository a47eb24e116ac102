import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { beforeEach, describe, expect, it } from 'vitest'
import { FIXTURE, invocation, scratch, stateFile, tocsin, watch } from './testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

/** The real command, in a process whose umask takes nothing away. */
async function generous(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const call = invocation(args, folder, env)
  return watch(spawn('sh', ['-c', 'umask 0; exec "$@"', 'sh', call.file, ...call.args], { ...call.options, stdio: ['ignore', 'pipe', 'pipe'] })).finished
}

/** Everything below the folder with its mode as it is and as it should be, but for what the test itself has written. */
async function modes(): Promise<readonly { readonly path: string; readonly mode: string; readonly wanted: string }[]> {
  const found = await readdir(folder, { recursive: true })
  return Promise.all(
    found.filter((path) => path !== 'tocsin.yaml').map(async (path) => {
      const entry = await stat(join(folder, path))
      return { path, mode: (entry.mode & 0o777).toString(8), wanted: entry.isDirectory() ? '700' : '600' }
    }),
  )
}

describe('what a run leaves behind', () => {
  it('is its owner\'s alone: state, log, messages in files, recordings', async () => {
    await writeFile(
      join(folder, 'tocsin.yaml'),
      'name: private\nwatch: [{ use: host, rules: { memory: { critical: 0.001 } } }]\nnotify: { log: { use: file, path: told/alerts.log } }\nrecord: { local: { use: json, folder: records } }\nlog: { level: debug, file: logs/run.log }\n',
    )
    const { code, stderr } = await generous(['run'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
    const left = await modes()
    const files = left.filter(({ wanted }) => wanted === '600')
    expect(new Set(files.map(({ path }) => path.split('/')[0]))).toEqual(new Set(['logs', 'records', 'state', 'told']))
    expect(left.filter(({ mode, wanted }) => mode !== wanted)).toEqual([])
  })

  it('is so while it runs, too, and when a command makes it', async () => {
    await generous(['silence', 'add', 'rule=fake.cpu', '--for', '1h', '--by', 'ann', '-c', FIXTURE])
    expect((await stat(stateFile(folder))).mode & 0o777).toBe(0o600)
    const call = invocation(['run', '--continuous', '-c', FIXTURE], folder)
    const running = watch(spawn('sh', ['-c', 'umask 0; exec "$@"', 'sh', call.file, ...call.args], { ...call.options, stdio: ['ignore', 'pipe', 'pipe'] }))
    await running.printed(/watching fake/)
    const open = await modes()
    expect(open.some(({ path }) => path.endsWith('.sqlite-wal'))).toBe(true)
    expect(open.filter(({ mode, wanted }) => mode !== wanted)).toEqual([])
    running.child.kill('SIGTERM')
    await running.finished
  })
})

describe('an error', () => {
  const TRACE = /^\s+at .+:\d+:\d+\)?$/m
  const failing: readonly { readonly what: string; readonly args: readonly string[]; readonly env?: Readonly<Record<string, string>>; readonly files?: Readonly<Record<string, string>> }[] = [
    { what: 'a mistake in the command line', args: ['run', '--nonsense'] },
    { what: 'a configuration that is missing', args: ['check', '-c', 'none.yaml'] },
    { what: 'a configuration that throws', args: ['check', '-c', 'throws.config.ts'], files: { 'throws.config.ts': 'throw new Error("thrown")\n' } },
    { what: 'a configuration that cannot be parsed', args: ['check', '-c', 'bad.yaml'], files: { 'bad.yaml': 'watch: [\n' } },
    { what: 'a promise that nobody caught', args: ['run', '-c', FIXTURE], env: { CRASH: '1', HANG: '1' } },
    { what: 'a source that fails', args: ['run', '-c', FIXTURE], env: { FAIL: 'E205' } },
    { what: 'a state that cannot be opened', args: ['run', '-c', FIXTURE], env: { XDG_STATE_HOME: '/dev/null' } },
    { what: 'a message that did not arrive', args: ['test-notify', '-c', FIXTURE], env: { CHANNEL: 'permanent' } },
  ]

  it.each(failing)('of $what is told without a stack trace', async ({ args, env, files = {} }) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const { code, stderr, stdout } = await tocsin(args, folder, env)
    expect(code).not.toBe(0)
    expect(stderr).not.toBe('')
    expect(`${stderr}${stdout}`).not.toMatch(TRACE)
  })

  it('has a trace with --debug, its causes included', async () => {
    await writeFile(join(folder, 'throws.config.ts'), 'throw new Error("thrown")\n')
    const { stderr } = await tocsin(['check', '--debug', '-c', 'throws.config.ts'], folder)
    expect(stderr).toMatch(/^E113 /)
    expect(stderr).toMatch(TRACE)
    expect(stderr).toContain('caused by')
  })
})
