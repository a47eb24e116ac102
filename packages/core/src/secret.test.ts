import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { redact, Secret, secret, secretsIn } from './secret.ts'

const token = new Secret('xoxb-canary')

it('shows itself nowhere', () => {
  const shown = [String(token), [token].join(), JSON.stringify({ token }), inspect({ token }, { showHidden: true }), token + '', Object.values(token).join()]
  expect(shown.filter((text) => text.includes('canary'))).toEqual([])
  expect(token.reveal()).toBe('xoxb-canary')
})

it('is taken out of texts, in plain, URL and base64 form', () => {
  const odd = new Secret('p@ss word')
  const text = `p@ss word, p%40ss%20word, ${Buffer.from('p@ss word').toString('base64')}`
  expect(redact(text, [odd])).toBe('[secret], [secret], [secret]')
})

it('is taken out of texts that quote only a part of a URL', () => {
  const url = new Secret('https://mon:pa%20ss@hooks.example.com/T0/canary?x=1')
  expect(redact('POST /T0/canary?x=1 failed for mon / pa ss (pa%20ss)', [url])).toBe('POST [secret] failed for mon / [secret] ([secret])')
})

it('leaves ordinary words alone when it is too short to be a secret', () => {
  expect(redact('a b c', [new Secret('b')])).toBe('a b c')
})

it('is made from a string by its schema and kept when it is one', () => {
  expect(secret().parse('abc')).toBeInstanceOf(Secret)
  expect(secret().parse(token)).toBe(token)
  expect(secret().safeParse('').success).toBe(false)
})

it('is found however deep, in circles too', () => {
  const circle: Record<string, unknown> = { list: [{ token }] }
  circle['self'] = circle
  expect(secretsIn(circle)).toEqual([token])
})
