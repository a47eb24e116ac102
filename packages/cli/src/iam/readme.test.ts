import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadMonitor } from '@tocsin/core'
import { expect, it } from 'vitest'
import { scratch } from '../testing/cli.ts'
import { policiesOf, policyText } from './policies.ts'

const PLUGINS = new URL('../../../../plugins/', import.meta.url).pathname
const permissionsOf = (plugin: string): string => readFileSync(join(PLUGINS, plugin, 'README.md'), 'utf8').split('\n## ').find((section) => section.startsWith('Permissions')) ?? ''

it.each(readdirSync(PLUGINS))('%s tells in its README the policy of its sample', async (plugin) => {
  const sample = readFileSync(join(PLUGINS, plugin, 'sample.yaml'), 'utf8')
  const file = join(await scratch(), 'tocsin.yaml')
  await writeFile(file, /^watch:/m.test(sample) ? sample : `watch: []\n${sample}`)
  const env = { SMTP_URL: 'smtp://localhost', WEBHOOK_URL: 'https://example.com', WEBHOOK_SECRET: `whsec_${'A'.repeat(44)}` }
  const { monitor } = await loadMonitor({ file, env, from: import.meta.url })
  // What the sample of an evaluator watches is not the evaluator's.
  const policies = policiesOf(plugin.startsWith('evaluator-') ? { ...monitor, watch: [] } : monitor)
  const section = permissionsOf(plugin)
  expect([...section.matchAll(/```json\n(.*?)\n```/gs)].map(([, block]) => block)).toEqual(policies.map(({ document }) => policyText(document)))
  // What only some need is told beside it.
  expect(policies.flatMap(({ onlyIf }) => onlyIf.flatMap(({ actions }) => actions)).filter((action) => !section.includes(`\`${action}\``))).toEqual([])
})
