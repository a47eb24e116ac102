import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

const MAIN = new URL('main.ts', import.meta.url).pathname
let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tocsin-create-'))
  // In the place of npm: what is installed for real is tried with the packed packages.
  await mkdir(join(home, 'bin'))
  await writeFile(join(home, 'bin/npm'), '#!/bin/sh\necho "$@" > npm-was-asked\nexit ${NPM_EXIT:-0}\n', { mode: 0o755 })
})
afterEach(() => rm(home, { recursive: true }))

async function create(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const path = [join(home, 'bin'), process.env['PATH']].join(delimiter)
  const child = spawn(process.execPath, ['--conditions=source', MAIN, ...args], { cwd: home, env: { PATH: path, HOME: home, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const code = await new Promise<number | null>((done) => child.once('close', done))
  return { code, stdout, stderr }
}
const read = (...path: readonly string[]): Promise<string> => readFile(join(home, ...path), 'utf8')

it('writes a package and a configuration into a folder, and installs what they need', { timeout: 30_000 }, async () => {
  const { code, stdout } = await create(['My Alerts', '--watch', 'host', '--notify', 'console', '--yes'])
  expect(code).toBe(0)
  expect((await readdir(join(home, 'My Alerts'))).toSorted()).toEqual(['.gitignore', 'npm-was-asked', 'package.json', 'tocsin.config.ts', 'tsconfig.json'])
  expect(JSON.parse(await read('My Alerts', 'package.json'))).toMatchObject({ name: 'my-alerts', private: true, type: 'module', scripts: { start: 'tocsin run --continuous' } })
  expect(await read('My Alerts', 'npm-was-asked')).toBe('install --no-audit --no-fund tocsin @tocsin/core @tocsin/collector-host @tocsin/evaluator-threshold\n')
  expect(stdout).toContain('installed tocsin @tocsin/core')
})

it('calls the folder "monitor" where it is not named, and leaves one alone that is not empty', { timeout: 30_000 }, async () => {
  expect((await create(['--watch', 'host', '--notify', 'console', '--yes'])).code).toBe(0)
  const before = await read('monitor', 'package.json')
  const { code, stderr } = await create(['monitor', '--watch', 'host', '--yes'])
  expect(code).toBe(2)
  expect(stderr).toContain('monitor exists and is not empty')
  expect(await read('monitor', 'package.json')).toBe(before)
})

it('says so when npm fails', { timeout: 30_000 }, async () => {
  const { code, stderr } = await create(['alerts', '--watch', 'host', '--notify', 'console', '--yes'], { NPM_EXIT: '3' })
  expect(code).toBe(2)
  expect(stderr).toContain('npm install ended with 3')
  expect(stderr).toContain('npm install tocsin @tocsin/core @tocsin/collector-host')
})
