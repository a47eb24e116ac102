import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { EXIT_CODES } from './exit-code.ts'
import { scratch, tocsin } from './testing/cli.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')

it('documents every exit code, in the order in which they win', () => {
  const section = readme.slice(readme.indexOf('## Exit codes'), readme.indexOf('## State'))
  const rows = [...section.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => ({ code: Number(code), meaning }))
  expect(rows).toEqual(EXIT_CODES)
})

it('documents every command and option, and no other', async () => {
  const folder = await scratch()
  const { stdout: help } = await tocsin(['--help'], folder)
  const commands = [...help.matchAll(/^ {2}([a-z][a-z-]+) (?:\[| )/gm)].map(([, name = '']) => name).filter((name) => name !== 'help')
  const documented = [...readme.matchAll(/^\| `([a-z][a-z-]+)(?: \[name\])?` \| /gm)].map(([, name]) => name)
  expect(documented).toEqual(commands)
  const pages = await Promise.all(commands.map(async (command) => (await tocsin([command, '--help'], folder)).stdout))
  const options = new Set([help, ...pages].flatMap((page) => page.match(/--[a-z][a-z-]+/g) ?? []))
  expect(new Set(readme.match(/--[a-z][a-z-]+/g))).toEqual(options)
})
