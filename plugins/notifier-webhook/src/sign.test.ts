import { Secret } from '@tocsin/core'
import { Webhook } from 'standardwebhooks'
import { expect, it } from 'vitest'
import { isSigningSecret, sign, webhookId } from './sign.ts'

const KEY = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

it('gives the signature that the reference implementation gives', () => {
  const body = '{"test": 2432232314}'
  const theirs = new Webhook(KEY).sign('msg_p5jXN8AQM9LwM0D4loKWxJek', new Date(1_614_265_330_000), body)
  expect(theirs).toMatch(/^v1,.{44}$/)
  expect(sign([new Secret(KEY)], 'msg_p5jXN8AQM9LwM0D4loKWxJek', 1_614_265_330, body)).toBe(theirs)
})

it.each([
  ['24 bytes', KEY, true],
  ['64 bytes', `whsec_${Buffer.alloc(64, 7).toString('base64')}`, true],
  ['23 bytes', `whsec_${Buffer.alloc(23, 7).toString('base64')}`, false],
  ['65 bytes', `whsec_${Buffer.alloc(65, 7).toString('base64')}`, false],
  ['no prefix', KEY.slice(6), false],
  ['another alphabet', `whsec_${Buffer.alloc(32, 0xff).toString('base64url')}`, false],
  ['a password', 'correct horse battery staple, and more', false],
])('judges a secret of %s', (_, secret, good) => {
  expect(isSigningSecret(secret)).toBe(good)
})

it('keeps plain keys, escapes what a header or the signature cannot hold, and never makes two keys one', () => {
  expect(webhookId('0f8fad5b-d9cd-469f_a165')).toBe('0f8fad5b-d9cd-469f_a165')
  expect(webhookId('main/ec2.cpu/ü\r\nX: 1')).toMatch(/^[\w%-]+$/)
  expect(webhookId('a.b')).not.toBe(webhookId('a%2Eb'))
})
