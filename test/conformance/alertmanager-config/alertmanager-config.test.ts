import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { ConfigError } from '../../../packages/core/src/errors.ts'
import { type AlertmanagerImport, fromAlertmanager, printMonitor } from '../../../packages/core/src/routing/alertmanager-import.ts'
import { compileInhibitRules } from '../../../packages/core/src/routing/inhibit.ts'
import { muteWindowSchema } from '../../../packages/core/src/routing/mute-window-schema.ts'
import { matcherList, routeNode, routeProblems } from '../../../packages/core/src/routing/route-node.ts'
import { emailOptions } from '../../../plugins/notifier-email/src/options.ts'
import { slackOptions } from '../../../plugins/notifier-slack/src/options.ts'

const json = (name: string): unknown => JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'))
const texts = z.array(z.string())
const outcome = { refused: texts.optional(), notify: z.record(z.string(), z.looseObject({ use: z.string() })).optional(), notCarriedOver: texts.optional() }
const { cases } = z.looseObject({ cases: z.array(z.strictObject({ test: z.string(), file: z.string(), yaml: texts, theirs: z.string().optional(), ...outcome })) }).parse(json('cases'))
const { differences } = z.looseObject({ differences: z.array(z.strictObject({ what: z.string(), from: z.string(), why: z.string(), yaml: texts, theirs: z.string(), ...outcome })) }).parse(json('differences'))

/** What came of a file: what it is refused for, or what it becomes. */
function read(yaml: string): { readonly refused?: readonly string[]; readonly imported?: AlertmanagerImport } {
  try {
    return { imported: fromAlertmanager(yaml, 'am.yml') }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { refused: error.problems.map(({ code, where = '', message }) => `${code} ${where.replace('am.yml:', '')} ${message}`) }
  }
}

const listed = ({ differences }: AlertmanagerImport): string[] => differences.map(({ line, path, what }) => `${line} ${path}: ${what}`)

/** The declaration, read back from its YAML, is what the schemas of the configuration and of the notifiers take. */
function expectSound({ declaration }: AlertmanagerImport): void {
  const printed: unknown = parse(printMonitor(declaration))
  expect(printed).toEqual(declaration)
  const tree = routeNode.parse(declaration.route)
  const windows = z.array(muteWindowSchema({ compat: 'alertmanager' })).parse(declaration.muteWindows ?? [])
  expect(routeProblems(tree, { receivers: Object.keys(declaration.notify), windows: windows.map(({ name }) => name) })).toEqual([])
  compileInhibitRules((declaration.inhibit ?? []).map((rule) => ({ ...rule, source: matcherList.parse(rule.source), target: matcherList.parse(rule.target) })))
  for (const { use, sendResolved, ...options } of Object.values(declaration.notify)) {
    expect([undefined, false]).toContain(sendResolved)
    if (use === 'email') emailOptions.strict().parse({ ...options, url: String(options['url']).replace(/\$\{.*\}/, 'secret') })
    if (use === 'slack') slackOptions.parse('webhookUrl' in options ? { ...options, webhookUrl: 'https://hooks.slack.com/x' } : options)
  }
}

function check(yaml: readonly string[], expected: z.infer<z.ZodObject<typeof outcome>>): void {
  const { refused, imported } = read(yaml.join('\n'))
  expect(refused).toEqual(expected.refused)
  if (imported === undefined) return
  expectSound(imported)
  expect(listed(imported)).toEqual(expected.notCarriedOver)
  if (expected.notify !== undefined) expect(imported.declaration.notify).toEqual(expected.notify)
}

describe('Alertmanager, configuration', () => {
  it('has all of its cases', () => {
    expect([cases.length, cases.filter(({ theirs }) => theirs !== undefined).length]).toEqual([123, 89])
  })

  it.each(cases.map((one) => [`${one.test}, ${one.file}`, one] as const))('%s', (_name, { yaml, theirs, ...expected }) => {
    expect(theirs === undefined, 'we refuse what Alertmanager refuses').toBe(expected.refused === undefined)
    check(yaml, expected)
  })
})

describe('the same three lines further down', () => {
  const further = (text: string): string => text.replace(/^(E\d+ )?(\d+)/, (_all, code: string | undefined, line: string) => `${code ?? ''}${Number(line) + 3}`)

  // An empty file has no line to be found at.
  const written = cases.filter(({ yaml }) => yaml.join('').trim() !== '')
  it.each(written.map((one) => [`${one.test}, ${one.file}`, one] as const))('%s', (_name, { yaml, refused, notCarriedOver, notify }) => {
    check(['# one', '# two', '', ...yaml], { refused: refused?.map(further), notCarriedOver: notCarriedOver?.map(further), notify })
  })
})

describe('on purpose not as Alertmanager', () => {
  it.each(differences.map((one) => [one.what, one] as const))('%s', (_what, { yaml, theirs, ...expected }) => {
    expect(theirs !== '', 'only one of the two refuses it').toBe(expected.refused === undefined || theirs === 'panic')
    check(yaml, expected)
  })
})

const steps = z.array(z.union([z.string(), z.int()]))
const { sections } = z.looseObject({ sections: z.array(z.strictObject({ name: z.string(), at: steps, base: z.looseObject({}), keys: z.record(z.string(), z.unknown()) })) }).parse(json('keys'))
const keys = sections.flatMap(({ name, at, base, keys }) => Object.entries(keys).map(([key, value]) => ({ name, at, base, key, value })))

/** A copy of a value with something else at a path. */
function withValue(whole: unknown, [step, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (step === undefined) return value
  if (typeof step === 'number') return (Array.isArray(whole) ? whole : []).map((item: unknown, index) => (index === step ? withValue(item, rest, value) : item))
  const map = z.looseObject({}).parse(whole ?? {})
  return { ...map, [step]: withValue(map[step], rest, value) }
}

const shown = (path: readonly (string | number)[]): string => path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')

/** What is listed at a path, above it, or below it. */
const listedAt = ({ differences }: AlertmanagerImport, path: string): string[] => differences.filter((one) => one.path.startsWith(path) || path.startsWith(one.path)).map(({ what }) => what)

describe('every documented setting is carried over or listed', () => {
  it('has all of them', () => {
    expect(keys).toHaveLength(212)
  })

  it.each(keys.map((one) => [`${one.name}: ${one.key}`, one] as const))('%s', (_name, { name, at, base, key, value }) => {
    const { imported, refused } = read(stringify(withValue(base, [...at, key], value)))
    expect(refused).toBeUndefined()
    if (imported === undefined) return
    const what = listedAt(imported, shown([...at, key]))
    expect(what.filter((text) => text.includes('unknown key'))).toEqual([])
    const changed = JSON.stringify(read(stringify(base)).imported?.declaration) !== JSON.stringify(imported.declaration)
    // A receiver's name must stay the one that the route has.
    expect(changed || what.length > 0 || (name === 'receiver' && key === 'name')).toBe(true)
  })

  it.each(sections.filter(({ at }) => !at.includes('http_headers')).map((one) => [one.name, one] as const))('%s: a setting that there is not is listed', (_name, { at, base, keys }) => {
    const [first] = Object.entries(keys)
    const { imported } = read(stringify(withValue(first ? withValue(base, [...at, first[0]], first[1]) : base, [...at, 'no_such_setting'], 'x')))
    expect(imported && listedAt(imported, shown([...at, 'no_such_setting']))).toHaveLength(1)
  })
})
