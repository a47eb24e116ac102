import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { openSqliteStore } from '@tocsin/store-sql'
import { describe, expect, it, vi } from 'vitest'
import { commandTree } from '../command-tree.ts'
import { anAlert } from '../testing/builders.ts'
import { FIXTURE, invocation, scratch, stateFile, tocsin } from '../testing/cli.ts'
import { candidates, type Known } from './candidates.ts'
import { SHELLS } from './shells.ts'

const root = commandTree({ stdout: { write: () => true, on: () => {}, off: () => {} } }, () => async () => {})
const values = async (line: string, lookUp = vi.fn(async (_known: Known) => [{ value: 'd9685cf4', about: 'RED web-1 cpu' }])) => {
  const found = await candidates(root, line.split(' ').slice(1), lookUp)
  return { found: found === 'files' ? found : found.map(({ value }) => value), asked: lookUp.mock.calls.map(([known]) => known) }
}

describe('what may come next', () => {
  it('is a command at first, then one below it', async () => {
    const { found } = await values('tocsin ')
    expect(found).toEqual(expect.arrayContaining(['init', 'run', 'alerts', 'completion']))
    expect(found).not.toContain('complete')
    expect((await values('tocsin sil')).found).toEqual(['silence'])
    expect((await values('tocsin --json silence e')).found).toEqual(['expire'])
    expect((await values('tocsin -c run silence e')).found).toEqual(['expire'])
  })

  it('is an option of the command or of all, until it was given', async () => {
    expect((await values('tocsin run --d')).found).toEqual(['--dry-run', '--debug'])
    expect((await values('tocsin run --debug --d')).found).toEqual(['--dry-run'])
    expect((await values('tocsin run -n --d')).found).toEqual(['--debug'])
    expect((await values('tocsin run --only host --onl')).found).toEqual(['--only'])
    expect((await values('tocsin alerts --dry')).found).toEqual([])
  })

  it('is the value of an option, or a file', async () => {
    expect((await values('tocsin test-notify --severity ')).found).toEqual(['warning', 'critical'])
    expect(await values('tocsin --config ')).toEqual({ found: 'files', asked: [] })
    expect((await values('tocsin migrate ')).found).toBe('files')
    expect((await values('tocsin completion z')).found).toEqual(['zsh'])
    expect(await values('tocsin ack --for ')).toEqual({ found: [], asked: [] })
  })

  it('is what the store and the configuration know, asked for only then, and none twice', async () => {
    for (const [line, known] of [['tocsin ack ', 'alerts'], ['tocsin snooze --for 2h ', 'alerts'], ['tocsin silence expire ', 'silences'], ['tocsin outbox retry ', 'messages'], ['tocsin run --only ', 'collectors'], ['tocsin test-notify ', 'receivers']] as const) {
      expect({ line, ...(await values(line)) }).toEqual({ line, found: ['d9685cf4'], asked: [known] })
    }
    expect((await values('tocsin ack d9685cf4 ')).found).toEqual([])
    expect((await values('tocsin ack x')).found).toEqual([])
    expect((await values('tocsin outbox ')).asked).toEqual([])
  })
})

it('gives every shell a script that asks for what may come next', async () => {
  const folder = await scratch()
  for (const shell of SHELLS) expect((await tocsin(['completion', shell], folder)).stdout).toContain('tocsin complete -- ')
  expect(await tocsin(['completion', 'tcsh'], folder)).toMatchObject({ code: 2, stderr: expect.stringContaining('bash, zsh, fish') })
})

it('completes in bash, ids of alerts included, and says nothing where there is no configuration', async () => {
  const folder = await scratch()
  const file = stateFile(folder)
  await mkdir(dirname(file), { recursive: true })
  const store = await openSqliteStore(file)
  await store.transaction(async (tx) => {
    for (const value of [anAlert('aaa', 'critical'), anAlert('bbb', 'warning')]) await tx.alerts.put({ id: value.subject.fingerprint, monitor: 'fixture', value: { ...value, subject: { ...value.subject, monitor: 'fixture' } } }, 0)
  })
  await store.close()

  const { file: node, args, options } = invocation([], folder)
  await writeFile(join(folder, 'tocsin'), `#!/bin/sh\nexec ${[node, ...args].join(' ')} "$@"\n`, { mode: 0o755 })
  const typed = async (...words: readonly string[]) => {
    const script = `source <(tocsin completion bash); COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _tocsin; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', script], { ...options, env: { ...options.env, PATH: `${folder}:${options.env.PATH}` } })
    return { offered: stdout.trim().split('\n'), stderr }
  }
  expect(await typed('tocsin', 'ru')).toEqual({ offered: ['run'], stderr: '' })
  expect(await typed('tocsin', '-c', FIXTURE, 'ack', '')).toEqual({ offered: ['aaa-0011', 'bbb-0011'], stderr: '' })
  expect(await typed('tocsin', '-c', FIXTURE, 'ack', 'b')).toEqual({ offered: ['bbb-0011'], stderr: '' })
  expect(await typed('tocsin', 'ack', '')).toEqual({ offered: [''], stderr: '' })
})
