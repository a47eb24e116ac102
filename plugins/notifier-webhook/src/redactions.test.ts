import { redact, Secret } from '@tocsin/core'
import { expect, it } from 'vitest'
import { redactions } from './redactions.ts'

const url = new URL('https://bot%40ops:p%3Ass@tenant-77.hooks.example:8443/v1/hooks/abc/abc%2Fd%c3%a9f/x%?key=q%20one&bare-token')
const hidden = redactions(url, [new Secret('Bearer eyJhbGci')], [new Secret('whsec_AAAA')])

it.each([
  ['the URL', url.href, '[secret]'],
  ['the host', 'no route to tenant-77.hooks.example', 'no route to [secret]'],
  ['host and port', 'tenant-77.hooks.example:8443', '[secret]'],
  ['a part of the path', 'no such hook: abc%2Fd%c3%a9f', 'no such hook: [secret]'],
  ['a part of the path in plain letters', 'no such hook: abc/déf', 'no such hook: [secret]'],
  ['the user', 'user bot@ops', 'user [secret]'],
  ['the password', 'password p:ss', 'password [secret]'],
  ['basic authentication', Buffer.from('bot@ops:p:ss').toString('base64'), '[secret]'],
  ['a value of the query', 'bad key "q one"', 'bad key "[secret]"'],
  ['a query without a name', 'bad key bare-token', 'bad key [secret]'],
  ['a header', 'got Bearer eyJhbGci', 'got [secret]'],
  ['the token of a header', 'token eyJhbGci', 'token [secret]'],
  ['the signing secret', 'whsec_AAAA', '[secret]'],
])('hide %s', (_, said, shown) => {
  expect(redact(said, hidden)).toBe(shown)
})

it('leave ordinary words alone, and do not fail on a broken escape', () => {
  expect(redact('404 page not found', hidden)).toBe('404 page not found')
})
