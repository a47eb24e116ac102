import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const here = new URL('./', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, here), 'utf8')
const json = (path: string): unknown => JSON.parse(read(path))
const readme = read('README.md')
const folders = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()
const filesOf = (folder: string): string[] => readdirSync(new URL(`${folder}/`, here)).sort()

/** How many entries lists have, found by path; `*` is each entry of a list or object. */
function count(folder: string, file: string, ...paths: readonly string[]): number {
  const entries = (value: unknown): unknown[] => (Array.isArray(value) ? value : Object.values(z.looseObject({}).parse(value)))
  const find = (value: unknown, [key, ...rest]: readonly string[]): number => {
    if (key === undefined) return entries(value).length
    if (key === '*') return entries(value).reduce<number>((sum, each) => sum + find(each, rest), 0)
    const found = z.looseObject({}).parse(value)[key]
    return found === undefined ? 0 : find(found, rest)
  }
  return paths.reduce((sum, path) => sum + find(json(`${folder}/${file}.json`), path.split('.')), 0)
}

/** Not taken from one repository. */
const OWN = ['baseline', 'ledger-rules']
const MODES = 4
/** How many cases each folder has, counted in its files. */
const CASES: Readonly<Record<string, () => number>> = {
  'alertmanager-acceptance': () => count('alertmanager-acceptance', 'cases', 'cases'),
  'alertmanager-config': () => count('alertmanager-config', 'cases', 'cases') + count('alertmanager-config', 'keys', 'sections.*.keys'),
  'alertmanager-inhibit': () => count('alertmanager-inhibit', 'cases', 'cases'),
  'alertmanager-matcher': () => count('alertmanager-matcher', 'cases', 'sources.*.cases'),
  'alertmanager-nflog': () => count('alertmanager-nflog', 'cases', 'subsets.*.cases', 'needsUpdate.cases'),
  'alertmanager-route': () => count('alertmanager-route', 'cases', 'trees.*.cases', 'trees.*.walk', 'trees.*.groupBy', 'trees.*.paths'),
  'alertmanager-silence': () => count('alertmanager-silence', 'cases', 'states.*', 'matches.TestQMatches', 'ids.*', 'updates.*', 'valid.*', 'scenarios'),
  'alertmanager-timeinterval': () =>
    ['complete', 'contains-time', 'mutes', 'time-active-stage', 'time-mute-stage', 'time-range', 'yaml-unmarshal'].reduce((sum, file) => sum + count('alertmanager-timeinterval', file, 'cases'), 0),
  // The levels of the example one by one; flapping at its end and seven results later.
  baseline: () => count('baseline', 'levels-flap-dedup', 'kapacitorDoc.values', 'alertmanagerNeedsUpdate.cases') + 2 + count('baseline', 'cloudwatch-missing-data', 'tables.*.rows') * MODES + count('baseline', 'cloudwatch-missing-data', 'prose', 'suppression.scenarios'),
  'cloudwatch-composite': () => count('cloudwatch-composite', 'rules', 'cases') + count('cloudwatch-composite', 'suppression', 'scenarios'),
  'cloudwatch-missing-data': () => count('cloudwatch-missing-data', 'cases', 'tables.*.rows') * MODES + count('cloudwatch-missing-data', 'cases', 'prose'),
  'goalert-escalation': () => count('goalert-escalation', 'cases', 'cases'),
  'grafana-hysteresis': () => count('grafana-hysteresis', 'cases', 'cases.*.values'),
  'icinga-flapping': () => count('icinga-flapping', 'cases', 'cases'),
  'ledger-rules': () => count('ledger-rules', 'cases', 'cases'),
  kapacitor: () => count('kapacitor', 'cases', 'cases.*.values'),
  victoriametrics: () => count('victoriametrics', 'cases', 'exec', 'execRange'),
}

const differencesOf = (folder: string) =>
  filesOf(folder).includes('differences.json')
    ? z
        .looseObject({ signed: z.string().min(1), differences: z.array(z.looseObject({ what: z.string().min(1), why: z.string().min(1), theirs: z.unknown(), ours: z.unknown().optional() })) })
        .parse(json(`${folder}/differences.json`))
    : undefined

const rows = (heading: string): string[] => {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? expect.fail(`README.md has no heading ${heading}`)
  return section.split('\n').filter((line) => line.startsWith('| [') || line.startsWith('| `'))
}
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

describe('sources', () => {
  it('are all of the folders, with the number of their cases and differences', () => {
    const found = rows('Sources').map((row) => row.split('|').map((part) => part.trim()))
    expect(found.map(([, folder, , , cases, differences]) => [folder, cases, differences])).toEqual(
      folders.map((folder) => [`[${folder}](${folder})`, `${CASES[folder]?.()}`, `${differencesOf(folder)?.differences.length ?? 0}`]),
    )
    expect(readme).toContain(`${Object.values(CASES).reduce((sum, cases) => sum + cases(), 0)} cases in ${folders.length} folders`)
  })

  it.each(folders.filter((folder) => !OWN.includes(folder)))('%s: say where cases are from and under which licence', (folder) => {
    const row = rows('Sources').find((line) => line.startsWith(`| [${folder}]`))
    for (const file of filesOf(folder).filter((name) => name.endsWith('.json'))) {
      const whole = z.looseObject({ origin: z.looseObject({}).optional() }).parse(json(`${folder}/${file}`))
      const { repository, licence } = z.looseObject({ repository: z.string().optional(), licence: z.string().optional() }).parse(whole.origin ?? whole)
      if (file === 'differences.json' && repository === undefined) continue
      expect(row, file).toContain(repository?.replace('https://github.com/', ''))
      expect(row, file).toContain(licence?.split(/[,;]/)[0])
    }
  })
})

it('lists every difference, as its file has it, signed', () => {
  const expected = folders.flatMap((folder) => (differencesOf(folder)?.differences ?? []).map(({ what, why }) => `| [${folder}](${folder}/differences.json) | ${cell(what)} | ${cell(why)} |`))
  expect(rows('Intended differences')).toEqual(expected)
  for (const signed of new Set(folders.flatMap((folder) => differencesOf(folder)?.signed ?? []))) expect(readme).toContain(`Signed by ${signed}`)
})

it('lists mutations of lines that are there', () => {
  const mutations = rows('Tried mutations').map((row) => row.split(/(?<!\\)\|/).map((part) => part.trim().replaceAll('\\|', '|')))
  expect(mutations.length).toBeGreaterThanOrEqual(10)
  for (const [, place = '', before = '', after = '', test = ''] of mutations) {
    const code = (text: string): string => text.replaceAll(/^`+ ?| ?`+$/g, '')
    const source = readFileSync(new URL(`../../packages/core/src/${code(place)}`, here), 'utf8')
    expect(source.split(code(before)).length - 1, `${place}: ${before}`).toBe(1)
    expect(after).not.toBe(before)
    const [file = '', name = ''] = test.split(' > ').map(code)
    expect(existsSync(new URL(file.startsWith('packages/') ? `../../${file}` : file, here)), file).toBe(true)
    expect(name).not.toBe('')
  }
})
