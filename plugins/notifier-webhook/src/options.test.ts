import { Secret } from '@tocsin/core'
import { describe, expect, it } from 'vitest'
import { webhook } from './webhook.ts'

const URL_OF_RECEIVER = 'https://hooks.example/token'
const SIGNING = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const OLD_SIGNING = `whsec_${Buffer.alloc(32, 2).toString('base64')}`

const problems = (options: Partial<Parameters<typeof webhook>[0]>) => webhook({ url: URL_OF_RECEIVER, ...options }).problems.map(({ path, error }) => `${path.join('.')}: ${String(error)}`)

describe('the options', () => {
  it.each(['ftp://files.example/secret-token', 'file:///etc/passwd', 'javascript:alert(1)//secret', 'hooks.example/secret-token'])('take no %s', (bad) => {
    const [problem] = problems({ url: bad })
    expect(problem).toMatch(/^url: E103 .* write a URL that begins with http:\/\/ or https:\/\/$/)
    expect(problem).not.toContain(bad)
  })

  it('take no headers that are ours, that HTTP cannot carry or that start another', () => {
    const found = problems({ headers: { 'Webhook-Id': 'mine', 'a b': 'x', 'X-Two': 'value-of-header\r\nHost: y' } })
    expect(found.map((problem) => problem.split(':')[0])).toEqual(['headers.Webhook-Id', 'headers.a b', 'headers.X-Two'])
  })

  it('take only signing secrets of the standard, and say how to make one', () => {
    expect(problems({ secret: 'not-a-signing-secret' })).toEqual([expect.stringContaining('openssl rand -base64 32')])
    expect(problems({ secret: [] })).toHaveLength(1)
  })

  it('are not shown where they are secret, however short', () => {
    const shown = [...problems({ url: 'ftp://x/tok' }), ...problems({ secret: ['hunter2'] }), ...problems({ headers: { 'X-Key': 'to\nken' } })]
    expect(shown).toHaveLength(3)
    expect(shown.join('\n')).not.toMatch(/tok|hunter2|ken/)
  })

  it('list every secret for the core to hide', () => {
    const { secrets } = webhook({ url: URL_OF_RECEIVER, secret: [SIGNING, new Secret(OLD_SIGNING)], headers: { 'X-Api-Key': 'bearer' } })
    expect(secrets.map((one) => one.reveal()).toSorted()).toEqual([URL_OF_RECEIVER, SIGNING, OLD_SIGNING, 'bearer'].toSorted())
  })
})
