import { expect, it } from 'vitest'
import { asciiLine, cutToFit } from './plain-text.ts'

it.each([
  ['RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2', 'RED web-3 cpu 91% (> 80% for 5m) - prod us-west-2'],
  ['Größe café → 3\u00A0GB ≥ ½', 'Gro?e cafe -> 3 GB >= 1?2'],
  ['web\r\nBcc: x@example.com\tend', 'web Bcc: x@example.com end'],
  ['東京 \u{1F525}', '?? ?'],
  ['\u202Eevil\u0007', 'evil'],
])('makes ASCII of %j', (text, plain) => {
  expect(asciiLine(text, 99)).toBe(plain)
})

it('cuts to the length, the dots included', () => {
  expect(asciiLine('x'.repeat(99), 99)).toBe('x'.repeat(99))
  expect(asciiLine('x'.repeat(100), 99)).toBe(`${'x'.repeat(96)}...`)
  // Likenesses are longer than what they stand for.
  expect(asciiLine('→'.repeat(60), 99)).toHaveLength(99)
})

it('keeps what fits, and else as much as fits with a count of the rest', () => {
  const bytes = (most: number) => (text: string) => Buffer.byteLength(text) <= most
  expect(cutToFit('abc', bytes(3))).toBe('abc')
  const text = 'é\u{1F525}'.repeat(1_000)
  const shown = cutToFit(text, bytes(1_000))
  expect(Buffer.byteLength(shown)).toBeGreaterThan(990)
  expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(1_000)
  const [kept = '', rest] = shown.split('\n... and ')
  expect(rest).toBe(`${text.length - kept.length} more characters`)
  expect(shown.isWellFormed()).toBe(true)
})
