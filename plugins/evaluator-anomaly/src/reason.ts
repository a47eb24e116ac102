import { formatQuantity, type Metric } from '@tocsin/core'
import { type Finding, USUAL, type View } from './detector.ts'
import type { Settings } from './options.ts'

const LIKE: Readonly<Record<Exclude<View, 'range'>, readonly [one: string, several: string]>> = {
  value: ['value like it', 'values like it'],
  departure: ['departure as large', 'departures as large'],
  drift: ['drift as far', 'drifts as far'],
}

/** Why a point was judged as it was, in one line. */
export function reasonFor(finding: Finding, toLearn: number, breach: boolean, { unit }: Metric, { method, minHistory }: Settings): string {
  if (toLearn > 0) return `learning what is normal: ${minHistory - toLearn} of ${minHistory} points`
  const { low, high, departure } = finding
  const usual = `normally ${formatQuantity(low, unit)} to ${formatQuantity(high, unit)}${method === 'stddev' ? '' : ' at this hour'}`
  return [usual, ...(Math.abs(departure) >= USUAL ? [distance(departure)] : []), ...(breach ? rarity(finding) : [])].join('; ')
}

function distance(departure: number): string {
  const side = departure > 0 ? 'above' : 'below'
  const sigmas = Math.abs(departure)
  if (sigmas === Infinity) return `infinitely far ${side}`
  return `${sigmas < 10 ? sigmas.toFixed(1) : Math.round(sigmas).toLocaleString('en-US')} sigmas ${side}`
}

function rarity({ view, known, alike }: Finding): string[] {
  if (view === 'range') return []
  const [one, several] = LIKE[view]
  const count = Math.round(alike)
  const found = count === 0 ? `no ${one}` : count === 1 ? `only one ${one}` : `only ${count.toLocaleString('en-US')} ${several}`
  return [`${found} among ${Math.round(known).toLocaleString('en-US')} points`]
}
