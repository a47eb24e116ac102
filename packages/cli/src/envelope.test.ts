import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { commandTree } from './command-tree.ts'
import { envelope, FIXTURE, scratch, tocsin } from './testing/cli.ts'

const leaves = (command: Command, path: readonly string[] = []): (readonly string[])[] =>
  command.createHelp().visibleCommands(command).filter((one) => one.name() !== 'help').flatMap((one) => [[...path, one.name()], ...leaves(one, [...path, one.name()])])
/** Every command that does something: those that only hold others do not. */
const COMMANDS = leaves(commandTree({ stdout: { write: () => true, on: () => {}, off: () => {} } }, () => async () => {})).map((path) => path.join(' ')).filter((name) => !['silence', 'outbox', 'plugin'].includes(name))

const ALERT = 'fake.cpu/web-1'

/** How each command is called here, where an alert fires and beside an `alertmanager.yml`. One that prints data needs a line. */
const CALLS: Readonly<Record<string, { readonly args: string; readonly code?: number }>> = {
  init: { args: '--yes --config made.yaml' },
  check: { args: '' },
  run: { args: '' },
  'test-notify': { args: 'ops' },
  alerts: { args: '' },
  ack: { args: `${ALERT} --by ann` },
  snooze: { args: `${ALERT} --for 1h --even-critical --by ann` },
  'silence add': { args: 'rule=fake.cpu --for 1h --by ann' },
  'silence list': { args: '' },
  'silence expire': { args: 'none', code: 2 },
  routes: { args: '' },
  'routes test': { args: 'rule=fake.cpu' },
  migrate: { args: 'alertmanager.yml' },
  'outbox list': { args: '' },
  'outbox retry': { args: 'none', code: 2 },
  'outbox drop': { args: 'none', code: 2 },
  'plugin new': { args: 'queue --kind collector' },
  'plugin list': { args: '' },
  'plugin test': { args: 'none', code: 2 },
  backtest: { args: '--no-advice' },
  explain: { args: ALERT },
  doctor: { args: '' },
  iam: { args: '' },
  completion: { args: 'bash' },
  report: { args: '' },
}

it('is called here, every one of them', () => {
  expect(Object.keys(CALLS).toSorted()).toEqual(COMMANDS.toSorted())
})

describe.each(Object.entries(CALLS))('tocsin %s --json', (name, { args, code = 0 }) => {
  it('prints one envelope on stdout, and nothing else', async () => {
    const folder = await scratch()
    await writeFile(join(folder, 'alertmanager.yml'), 'route: { receiver: a }\nreceivers: [{ name: a }]\n')
    const config = args.includes('--config') ? [] : ['--config', FIXTURE]
    await tocsin(['run', '--config', FIXTURE], folder, { VALUES: '91' })
    const { stdout, code: ended } = await tocsin([...config, ...name.split(' '), '--json', ...args.split(' ').filter(Boolean)], folder, { VALUES: '91' })
    expect(stdout).toMatch(/^\{.*\}\n$/)
    const printed = envelope.parse(JSON.parse(stdout))
    expect({ command: printed.command, ok: printed.ok, code: ended }).toEqual({ command: name, ok: code === 0, code })
    if (code === 0) expect(printed.data).not.toBeNull()
    else expect(printed.problems.length).toBeGreaterThan(0)
  })

  it('prints one for what it is not, too', async () => {
    const { stdout, code: ended } = await tocsin([...name.split(' '), '--json', '--nonsense'], await scratch())
    expect(envelope.parse(JSON.parse(stdout))).toMatchObject({ command: name, ok: false, data: null, problems: [{ code: 'E600' }] })
    expect(ended).toBe(2)
  })
})
