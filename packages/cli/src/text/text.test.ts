import { oneLine } from '@tocsin/core'
import { expect, it } from 'vitest'
import { columns, truncate, widthOf } from './columns.ts'
import { painted, wantsColour } from './paint.ts'
import { plainLines } from './plain.ts'
import { sparkline } from './sparkline.ts'

const COLUMNS = [{ title: 'NAME', least: 4 }, { title: 'VALUE', align: 'right' }, { title: 'WHY', optional: true }] as const
const rows = [
  [{ text: 'web-with-a-long-name' }, { text: '91%' }, { text: 'because' }],
  [{ text: 'db' }, { text: '7%' }, { text: '' }],
]

it('lays columns out to the width of their longest cell', () => {
  expect(columns(COLUMNS, rows)).toEqual(['NAME                  VALUE  WHY', 'web-with-a-long-name    91%  because', 'db                       7%'])
})

it('cuts first, then leaves optional columns out, and never exceeds the width it was given', () => {
  expect(columns(COLUMNS, rows, { width: 24 })).toEqual(['NAME      VALUE  WHY', 'web-wit…    91%  because', 'db           7%'])
  expect(columns(COLUMNS, rows, { width: 12 })).toEqual(['NAME   VALUE', 'web-…    91%', 'db        7%'])
  for (let width = 11; width < 60; width++) for (const line of columns(COLUMNS, rows, { width })) expect(widthOf(line)).toBeLessThanOrEqual(width)
})

it('leaves out a column that is empty in every row', () => {
  expect(columns(COLUMNS, [[{ text: 'a' }, { text: '' }, { text: '' }]])).toEqual(['NAME', 'a'])
})

it('counts wide letters twice and colour not at all', () => {
  expect(widthOf('日本')).toBe(4)
  expect(truncate('日本語のホスト', 6)).toBe('日本…')
  const [, line = ''] = columns([{ title: 'A' }, { title: 'B' }], [[{ text: 'x', style: 'red' }, { text: 'y' }]], { paint: painted })
  expect(line).toBe('\u001B[31mx\u001B[39m  y')
})

it('takes escape sequences, controls and direction marks out of text from outside', () => {
  expect(oneLine('\u001B[31mred\u001B[0m \u001B]0;title\u0007web\r\n-3\u009B2J\u202Eevil\u2066')).toBe('red web -3 evil')
  expect(plainLines('first\n  second\u001B[2J\nthird')).toEqual(['first', '  second', 'third'])
})

it('draws bars between given bounds or its own, and gaps for what is missing', () => {
  expect(sparkline([0, 50, 100], [0, 100])).toBe('▁▅█')
  expect(sparkline([10, NaN, 20])).toBe('▁ █')
  expect(sparkline([5, 5])).toBe('▁▁')
  expect(sparkline([1, Infinity], [0, 100])).toBe('▁█')
})

it.each([
  ['a terminal', { flag: true, env: {}, terminal: true }, true],
  ['a pipe', { flag: true, env: {}, terminal: false }, false],
  ['--no-color', { flag: false, env: { FORCE_COLOR: '1' }, terminal: true }, false],
  ['NO_COLOR', { flag: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' }, terminal: true }, false],
  ['an empty NO_COLOR', { flag: true, env: { NO_COLOR: '' }, terminal: true }, true],
  ['FORCE_COLOR in a pipe', { flag: true, env: { FORCE_COLOR: '1' }, terminal: false }, true],
  ['FORCE_COLOR=0', { flag: true, env: { FORCE_COLOR: '0' }, terminal: true }, false],
  ['a dumb terminal', { flag: true, env: { TERM: 'dumb' }, terminal: true }, false],
])('decides on colour for %s', (_name, choice, colour) => {
  expect(wantsColour(choice)).toBe(colour)
})
