import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { typedCommand } from './command-line.ts'
import { EXIT_CODES } from './exit-code.ts'
import { scratch, tocsin } from './testing/cli.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')

it('documents every exit code, in the order in which they win', () => {
  const section = readme.slice(readme.indexOf('## Exit codes'), readme.indexOf('## State'))
  const rows = [...section.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => ({ code: Number(code), meaning }))
  expect(rows).toEqual(EXIT_CODES)
})

/** A command, its help, and those of the commands below it that do something. */
interface Page {
  readonly command: readonly string[]
  readonly help: string
}

async function pagesOf(command: readonly string[], folder: string): Promise<readonly Page[]> {
  const { stdout: help } = await tocsin([...command, '--help'], folder)
  const names = [...help.slice(help.indexOf('\nCommands:')).matchAll(/^ {2}([a-z][a-z-]+) /gm)].map(([, name = '']) => name).filter((name) => name !== 'help')
  const below = help.includes('\nCommands:') ? await Promise.all(names.map((name) => pagesOf([...command, name], folder))) : []
  return [{ command, help }, ...below.flat()]
}

it('documents every command and option, and no other', async () => {
  const pages = await pagesOf([], await scratch())
  const [root, ...commands] = pages
  // A command that only holds others does nothing of its own.
  const doing = commands.filter(({ command }) => !['silence', 'outbox', 'plugin'].includes(command.join(' '))).map(({ command }) => command.join(' '))
  // The old script's options and keys are none of ours.
  const ours = readme.split('\n## ').filter((section) => !section.startsWith('The old script')).join('\n')
  const documented = [...ours.matchAll(/^\| `([a-z][a-z-]+(?: [a-z-]+(?=[ `]))?)[^`|]*` \| /gm)].map(([, name]) => name)
  expect(documented).toEqual(doing)
  // A mistake in its options is reported under its whole name.
  expect(doing.map((command) => typedCommand(command.split(' ')))).toEqual(doing)
  const options = new Set(pages.flatMap(({ help }) => help.match(/--[a-z][a-z-]+/g) ?? []))
  expect(root?.help).toContain('Exit codes')
  expect(new Set(ours.match(/--[a-z][a-z-]+/g))).toEqual(options)
})
