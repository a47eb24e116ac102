import { expect, it } from 'vitest'
import { parseDuration } from '../model/duration.ts'
import { parseGoDuration, parsePrometheusDuration, writeDuration } from './alertmanager-duration.ts'

it.each([
  ['0', 0],
  ['0s', 0],
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['1d12h', 129_600_000],
  ['2w', 1_209_600_000],
  ['1y', 31_536_000_000],
  ['1m500ms', 60_500],
  ['', undefined],
  ['5', undefined],
  ['30m1h', undefined],
  ['1.5h', undefined],
  ['-1m', undefined],
  ['1h 30m', undefined],
  ['292y', 292 * 31_536_000_000],
  ['293y', undefined],
])('reads %j of Prometheus as %s ms', (text, ms) => {
  expect(parsePrometheusDuration(text)).toBe(ms)
})

it.each([
  ['0', 0],
  ['10s', 10_000],
  ['1.5h', 5_400_000],
  ['1m30s', 90_000],
  ['30s1m', 90_000],
  ['250us', 0.25],
  ['1d', undefined],
  ['10', undefined],
  ['', undefined],
  ['1 m', undefined],
])('reads %j of Go as %s ms', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms)
})

it.each([
  [0, '0ms'],
  [1_500, '1500ms'],
  [5_400_000, '90m'],
  [86_400_000, '1d'],
  [31_536_000_000, '365d'],
  [1_209_600_000, '2w'],
])('writes %d ms as %s, which declarations read', (ms, text) => {
  expect(writeDuration(ms)).toBe(text)
  expect(parseDuration(text)).toBe(ms)
})
