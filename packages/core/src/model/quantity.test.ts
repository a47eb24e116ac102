import { expect, it } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'
import { formatQuantity, parseQuantity } from './quantity.ts'
import type { Unit } from './unit.ts'

it.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5h', 5_400_000],
  ['2w', 1_209_600_000],
  ['5min', undefined],
  ['-5m', undefined],
  ['5 m', undefined],
  ['m', undefined],
  ['', undefined],
])('reads the duration %j as %j ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

it.each([
  [0, '0ms'],
  [999, '999ms'],
  [1_499, '1s'],
  [61_000, '1m 1s'],
  [3_600_000, '1h'],
  [3_605_000, '1h'],
  [90_061_000, '1d 1h'],
])('shows %j ms as %j', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

it.each<[string | number, Unit, number | undefined]>([
  ['80%', 'percent', 80],
  ['80', 'percent', 80],
  ['1.5GB', 'bytes', 1.5e9],
  ['1GiB', 'bytes/second', 2 ** 30],
  ['250ms', 'seconds', 0.25],
  [Infinity, 'seconds', Infinity],
  ['80%', 'bytes', undefined],
  ['1GB', 'percent', undefined],
  ['5m', 'count', undefined],
  ['1 GB', 'bytes', undefined],
  ['', 'count', undefined],
  [NaN, 'count', undefined],
])('reads %j of %s as %j', (text, unit, value) => {
  expect(parseQuantity(text, unit)).toBe(value)
})

it.each<[number, Unit, string]>([
  [91.234, 'percent', '91.2%'],
  [99.996, 'percent', '99.99%'],
  [0.000158, 'percent', '0%'],
  [12.4e9, 'bytes', '12.4 GB'],
  [999, 'bytes', '999 B'],
  [1.5e6, 'bytes/second', '1.5 MB/s'],
  [0.25, 'seconds', '250ms'],
  [-2, 'seconds', '-2s'],
  [Infinity, 'seconds', 'no answer'],
  [Infinity, 'bytes', '∞ B'],
  [1203.6, 'count', '1,204'],
  [0.5, 'count/second', '0.5/s'],
  [NaN, 'percent', 'no data'],
])('shows %j of %s as %j', (value, unit, text) => {
  expect(formatQuantity(value, unit)).toBe(text)
})
