import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigError } from '../../../packages/core/src/errors.ts'
import { rename, SHIFTS } from '../mutations.ts'
import { type Alert, type Arrival, play, timeline, type Timeline, want } from './play.ts'

const text = (name: string): string => readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8')
const parseCases = (json: string): Timeline[] => z.looseObject({ cases: z.array(timeline) }).parse(JSON.parse(json)).cases
const cases = parseCases(text('cases'))
const difference = z.strictObject({ test: z.string(), what: z.string(), why: z.string(), theirs: want.nullable(), ours: z.union([want, z.strictObject({ refused: z.string() })]) })
const parseDifferences = (json: string) => z.looseObject({ differences: z.array(difference) }).parse(JSON.parse(json)).differences
const differences = parseDifferences(text('differences'))

const BASE = Date.UTC(2026, 2, 1, 12)
const TOLERANCE = 0.15

type Want = z.output<typeof want>

const nearly = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((time, index) => Math.abs(time - (b[index] ?? NaN)) <= TOLERANCE + 1e-9)
const same = (a: Alert, b: Alert): boolean => JSON.stringify([sorted(a.labels), sorted(a.annotations)]) === JSON.stringify([sorted(b.labels), sorted(b.annotations)]) && nearly(a.active, b.active)
const sorted = (labels: Alert['labels']): [string, string][] => Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))

/** Whether an arrival is what is wanted: these alerts, each once, and no other. */
const isWanted = ({ webhook, between: [from, until], alerts }: Want, arrival: Arrival): boolean =>
  arrival.webhook === webhook && arrival.at >= from && arrival.at <= until && arrival.alerts.length === alerts.length && alerts.every((one) => arrival.alerts.some((other) => same(one, other)))

/** What did not arrive, and what arrived though nobody wanted it. */
function compare(wants: readonly Want[], arrivals: readonly Arrival[]): { readonly missing: Want[]; readonly unwanted: Arrival[] } {
  const unwanted = [...arrivals]
  const missing = wants.filter((one) => {
    const index = unwanted.findIndex((arrival) => isWanted(one, arrival))
    if (one.alerts.length > 0 && index >= 0) unwanted.splice(index, 1)
    return one.alerts.length > 0 && index < 0
  })
  return { missing, unwanted }
}

/** What arrives here: what they want, but for the differences. Or why the configuration is refused. */
function expectedHere({ test, want: wants }: Timeline, known: typeof differences): Want[] | string {
  const own = known.filter((one) => one.test === test)
  const refused = own.flatMap(({ ours }) => ('refused' in ours ? [ours.refused] : []))
  if (refused[0] !== undefined) return refused[0]
  return wants.map((one) => {
    const ours = own.find(({ theirs }) => JSON.stringify(theirs) === JSON.stringify(one))?.ours
    return ours === undefined || 'refused' in ours ? one : ours
  })
}

async function expectSame(one: Timeline, known: typeof differences, base: number, every?: number): Promise<void> {
  const expected = expectedHere(one, known)
  if (typeof expected === 'string') await expect(play(one, base, every)).rejects.toThrow(expected)
  else expect(compare(expected, await play(one, base, every))).toEqual({ missing: [], unwanted: [] })
}

describe('Alertmanager, acceptance timelines', () => {
  it('has all of its timelines', () => {
    expect(cases.map(({ file }) => file).sort()).toEqual([...Array.from({ length: 3 }, () => 'inhibit_test.go'), ...Array.from({ length: 9 }, () => 'send_test.go'), ...Array.from({ length: 3 }, () => 'silence_test.go'), 'utf8_test.go'])
  })

  it.each(cases.map((one) => [`${one.file}, ${one.test}`, one] as const))('%s', async (_name, one) => {
    await expectSame(one, differences, BASE)
  })
})

describe('the same', () => {
  const names = cases.flatMap(({ steps }) => steps.flatMap(({ push }) => push.flatMap(({ labels }) => Object.keys(labels))))
  const renamed = parseCases(rename(text('cases'), names))
  const renamedDifferences = parseDifferences(rename(text('differences'), names))

  it.each(cases.map((one, index) => [one.test, one, renamed[index] ?? one] as const))('%s: with other labels, on other days, looked at ten times a second', async (_test, one, other) => {
    for (const shift of SHIFTS) {
      await expectSame(one, differences, BASE + shift, 100)
      await expectSame(other, renamedDifferences, BASE + shift)
    }
    if (one.steps.some(({ push }) => push.length > 0)) expect(other).not.toEqual(one)
  })
})

describe('on purpose not as Alertmanager', () => {
  it.each(differences.map((one) => [`${one.test}: ${one.what}`, one] as const))('%s', async (_name, { test, theirs, ours }) => {
    const one = cases.find((other) => other.test === test) ?? expect.fail(`no timeline ${test}`)
    expect(ours).not.toEqual(theirs)
    if ('refused' in ours) {
      expect(theirs).toBeNull()
      await expect(play(one, BASE)).rejects.toThrow(ConfigError)
      return
    }
    expect(one.want).toContainEqual(theirs)
    const { missing, unwanted } = compare(one.want, await play(one, BASE))
    // Nothing but what is listed is otherwise.
    expect(missing).toEqual([theirs])
    expect(unwanted.map((arrival) => isWanted(ours, arrival))).toEqual([true])
  })
})
