import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { loadMonitor } from '@tocsin/core'
import { type Command, CommanderError } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandTree } from '../../packages/cli/src/command-tree.ts'
import { fromOldCommandLine } from '../../packages/cli/src/old-script/old-command-line.ts'
import { documents, read, ROOT } from './workspace.ts'

/** A piece of code in a document. */
interface Snippet {
  /** `README.md:16`. */
  readonly place: string
  readonly code: string
}

function snippets(language: string): Snippet[] {
  return documents().flatMap((path) => {
    const text = read(path)
    return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(({ index, 1: code = '' }) => ({ place: `${path}:${text.slice(0, index).split('\n').length}`, code }))
  })
}

/** What variables in samples stand for, where their option takes no address. */
const VALUES: Readonly<Record<string, string>> = { SMTP_URL: 'smtps://user:password@mail.example.com', WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}` }

let folder = ''
beforeAll(async () => {
  // Below the tests, so that every package of the workspace is found from it.
  folder = await mkdtemp(join(ROOT, 'test/.cache-snippets-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('every program in a document has sound types', { timeout: 60_000 }, async () => {
  const all = snippets('ts')
  expect(all.length).toBeGreaterThan(20)
  await Promise.all(all.map(({ code }, index) => writeFile(join(folder, `snippet-${index}.ts`), `${code}\nexport {}\n`)))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'], compilerOptions: { noUnusedLocals: false, noEmit: true } }))
  // The programs that embed a monitor import the one of the quick start.
  await copyFile(join(ROOT, 'examples/quick-start/tocsin.config.ts'), join(folder, 'tocsin.config.ts'))
  const { stdout } = await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], { cwd: folder }).catch((error: { stdout: string }) => error)
  const wrong = stdout.split('\n').filter((line) => line !== '')
  expect(wrong.map((line) => line.replace(/^.*snippet-(\d+)\.ts/, (_, index: string) => all[Number(index)]?.place ?? ''))).toEqual([])
})

describe('every YAML in a document loads', () => {
  it.each(snippets('yaml'))('$place', async ({ code }) => {
    const file = join(folder, `${code.length}-tocsin.yaml`)
    await writeFile(file, /^watch:/m.test(code) ? code : `watch: []\n${code}`)
    const named = [...code.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, VALUES[name] ?? 'https://example.com/'] as const)
    expect((await loadMonitor({ file, env: Object.fromEntries(named) })).monitor.name).not.toBe('')
  })
})

it('every JSON in a document can be read', () => {
  const all = snippets('json')
  expect(all.length).toBeGreaterThan(10)
  expect(all.filter(({ code }) => !code.trimEnd().split(/\n(?=\{)/).every(isJson)).map(({ place }) => place)).toEqual([])
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('every command line in a document is one of the command', () => {
  const lines = [
    ...snippets('(?:sh|console)').flatMap(({ place, code }) => code.replaceAll('\\\n', ' ').split('\n').flatMap((line) => commandOf(line, place))),
    ...documents().flatMap((path) => [...read(path).matchAll(/`((?:npx )?tocsin [^`\n]+)`/g)].flatMap(([, line = '']) => commandOf(line, path))),
  ]

  it.each([...new Map(lines.map((one) => [one.line, one])).values()])('$line', async ({ args }) => {
    const root = commandTree({ stdout: process.stdout }, () => async () => {})
    const quiet = (command: Command): void => {
      command.exitOverride()
      for (const inner of command.commands) quiet(inner)
    }
    quiet(root)
    const refused = await root.parseAsync([...(fromOldCommandLine(args) ?? args)], { from: 'user' }).then(
      () => undefined,
      (error: unknown) => (error instanceof CommanderError ? error.code : String(error)),
    )
    // In a sentence what a command asks for may be left out.
    expect([undefined, 'commander.missingArgument', 'commander.missingMandatoryOptionValue', 'commander.help', 'commander.helpDisplayed', 'commander.version']).toContain(refused)
  })

  it('are found', () => expect(lines.length).toBeGreaterThan(10))
})

/** The arguments of a line that calls `tocsin`; what a sentence leaves open (`...`, `|` between choices) is taken in its first form. */
function commandOf(line: string, place: string): { readonly line: string; readonly place: string; readonly args: string[] }[] {
  const called = /^(?:\$ )?(?:npx )?tocsin (.*)$/.exec(line.replace(/\s+#.*$/, '').trim())?.[1]
  if (called === undefined) return []
  const words = [...called.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare = '']) => single ?? double ?? (/^[a-z-]+(\|[a-z-]+)+$/.test(bare) ? (bare.split('|')[0] ?? '') : bare))
  return [{ line, place, args: words.filter((word) => word !== '...') }]
}
