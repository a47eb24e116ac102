import { expect, it } from 'vitest'
import { withChanges } from './with-changes.ts'

it('changes what it is given, deep in objects, and takes away what is undefined', () => {
  const options = { critical: 80, for: { warning: '5m', critical: '1m' }, labels: { team: 'a' }, list: [1, 2] }
  expect(withChanges(options, { critical: 85, for: { critical: undefined }, labels: { tier: 'b' }, list: [3], warning: 60 })).toEqual({ critical: 85, for: { warning: '5m' }, labels: { team: 'a', tier: 'b' }, list: [3], warning: 60 })
  expect(withChanges(options, { for: '5m', labels: undefined })).toEqual({ critical: 80, for: '5m', list: [1, 2] })
  expect(options).toEqual({ critical: 80, for: { warning: '5m', critical: '1m' }, labels: { team: 'a' }, list: [1, 2] })
})

it('leaves the length of the other level as it was, where one stood for both', () => {
  expect(withChanges({ for: '10m', keepFiringFor: 60_000 }, { for: { critical: '5m' }, keepFiringFor: { warning: undefined } })).toEqual({ for: { warning: '10m', critical: '5m' }, keepFiringFor: { critical: 60_000 } })
})
