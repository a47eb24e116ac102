import { afterEach, expect, it, vi } from 'vitest'
import { env } from './env.ts'

afterEach(() => vi.unstubAllEnvs())

it('gives the value', () => {
  vi.stubEnv('TOCSIN_TEST', 'https://example.com')
  expect(env('TOCSIN_TEST')).toBe('https://example.com')
})

it.each([
  [undefined, 'environment variable TOCSIN_TEST is not set'],
  ['', 'environment variable TOCSIN_TEST is empty'],
])('names what is missing (%j)', (value, message) => {
  vi.stubEnv('TOCSIN_TEST', value)
  expect(() => env('TOCSIN_TEST')).toThrow(expect.objectContaining({ name: 'TocsinError', code: 'E109', message, fix: 'set it: export TOCSIN_TEST=...' }))
})
