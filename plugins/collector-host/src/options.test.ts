import { defineEvaluator } from '@tocsin/core'
import { expect, it } from 'vitest'
import { host } from './host.ts'
import { type HostOptions, hostOptions } from './options.ts'
import { portTarget, urlTarget } from './target.ts'

const problems = (options: object): string[] => host(options, {}).problems.map(({ path, error }) => `${path.join('.')} ${String(error)}`)

it('needs none', () => {
  expect(hostOptions.parse({})).toEqual({ urls: [], ports: [], probeTimeout: 5_000 })
})

it('reads units', () => {
  const options = hostOptions.parse({ probeTimeout: '250ms', linkSpeed: '2.5Gbit', mounts: ['/', '/data/', '/data', 'C:\\'] })
  expect(options).toMatchObject({ probeTimeout: 250, linkSpeed: 2.5e9, mounts: ['/', '/data', 'C:\\'] })
  expect(hostOptions.parse({ linkSpeed: '100Mbit' }).linkSpeed).toBe(1e8)
  expect(hostOptions.parse({ linkSpeed: '64Kbit' }).linkSpeed).toBe(64e3)
})

it('finds what is wrong', () => {
  expect(problems({ mount: ['/'] })).toEqual(['mount E102 unknown key "mount" · did you mean "mounts"?'])
  expect(problems({ mounts: [] })).toEqual([expect.stringContaining('mounts E103')])
  expect(problems({ urls: ['ftp://a/b'] })).toEqual(['urls.0 E103 "0" cannot be "ftp://a/b" · write an http or https URL'])
  expect(problems({ linkSpeed: '1Gb' })).toEqual(['linkSpeed E103 "linkSpeed" cannot be "1Gb" · write a number and Kbit, Mbit or Gbit: "1Gbit"'])
  expect(problems({ linkSpeed: '0Gbit' })).toEqual(['linkSpeed E103 "linkSpeed" cannot be "0Gbit" · write a speed above zero'])
  expect(problems({ linkSpeed: '-1Gbit' })).toEqual([expect.stringContaining('write a speed above zero')])
  expect(problems({ ports: ['a:1', 'a:1'] })).toEqual([expect.stringContaining('name each port once')])
  expect(problems({ probeTimeout: '5 s' })).toEqual([expect.stringContaining('probeTimeout E104')])
})

it('refuses a rule for the response time of nothing', () => {
  const any = defineEvaluator({ name: 'any', create: () => ({ evaluate: () => ({ judgements: [] }) }) })
  const found = (options: HostOptions) => host(options, { responseTime: any(), load: any() }).problems.map(({ path, error }) => `${path.join('.')} ${String(error)}`)
  expect(found({})).toEqual(['rules.responseTime E103 "responseTime" has no targets · give "urls" or "ports"'])
  expect(found({ urls: ['https://example.com'] })).toEqual([])
  expect(found({ ports: ['127.0.0.1:22'] })).toEqual([])
})

it.each(['db', 'db:', ':80', 'db:0', 'db:65536', 'db:80.5', 'http://db:80', '::1:22', 'a b:80', 'u@h:80'])('refuses the port %j', (port) => {
  expect(problems({ ports: [port] })).toEqual([`ports.0 E103 "0" cannot be ${port.length > 12 ? `a text of ${port.length} characters` : `"${port}"`} · write "host:port"`])
})

it('reads hosts, addresses and ports', () => {
  expect(portTarget('db.internal:5432')).toEqual({ name: 'db.internal:5432', kind: 'tcp', host: 'db.internal', port: 5432 })
  expect(portTarget('[::1]:22')).toEqual({ name: '[::1]:22', kind: 'tcp', host: '::1', port: 22 })
})

it('names a URL without what may be secret, and refuses two of one name', () => {
  expect(urlTarget('https://me:secret@example.com:8443/health?token=secret#secret').name).toBe('https://example.com:8443/health')
  const [problem, ...others] = problems({ urls: ['https://a.example/x?key=secret1', 'https://a.example/x?key=secret2'] })
  expect(problem).toContain('URLs that differ only in query or password would share one name')
  expect(problem).not.toContain('secret')
  expect(others).toEqual([])
})
