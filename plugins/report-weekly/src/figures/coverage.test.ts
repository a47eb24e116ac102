import { expect, it } from 'vitest'
import type { Row } from '../figures.ts'
import { aRow } from '../testing/figures.ts'
import { coverageOf } from './coverage.ts'

const values = { low: 1, lowAt: 0, average: 2, high: 3, highAt: 0, p95: 3 }
/** A row of `web-1` as it was seen, and as it was not. */
const seen = (metric: string, over: Partial<Row> = {}): Row => aRow('web-1', metric, { values, coverage: 1, ...over })
function silent(metric: string, over: Partial<Row> = {}): Row {
  const { values: _none, ...row } = aRow('web-1', metric, { coverage: 0, ...over })
  return row
}
const gaps = (rows: readonly Row[]): string[] => coverageOf(rows, true).gaps.map(({ metric, coverage }) => `${metric} ${coverage}`)

it('names a metric of which every series is silent, once, before those that lack some points', () => {
  expect(gaps([seen('cpu', { coverage: 0.5 }), silent('disk', { dimensions: { path: '/' } }), silent('disk', { dimensions: { path: '/var' } })])).toEqual(['disk 0', 'cpu 0.5'])
})

it('does not name a disk that was taken out, while others are there', () => {
  expect(gaps([seen('disk', { dimensions: { path: '/' } }), silent('disk', { dimensions: { path: '/old' } })])).toEqual([])
})

it('names no metric of a resource that was not seen at all: the resource is named', () => {
  const { gaps: none, silent: resources } = coverageOf([silent('cpu'), silent('disk')], true)
  expect([none, resources.map(({ name }) => name)]).toEqual([[], ['web-1']])
})

it('expects nothing of what gave no points because none were due', () => {
  const { coverage: _unknown, ...unexpected } = silent('disk')
  expect(gaps([seen('cpu'), unexpected])).toEqual([])
})
