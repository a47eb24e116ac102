import { readFile } from 'node:fs/promises'
import { expectAlerts } from '@tocsin/core/testing'
import { expect, it } from 'vitest'
import monitor from './tocsin.config.ts'

const readme = await readFile(new URL('../../packages/core/README.md', import.meta.url), 'utf8')

it('is shown in the documentation as it is', async () => {
  expect(readme).toContain(`\`\`\`js\n${await readFile(new URL('monitor.test.ts', import.meta.url), 'utf8')}\`\`\`\n`)
})

it('fails as the documentation says', async () => {
  const [, shown] = /A check that fails shows where:\n\n```\n(.*?)\n```/s.exec(readme) ?? []
  const { message } = await expectAlerts(monitor, { 'ec2.cpu': '40 85x4 55' }).toBe('OK AMBER AMBER RED RED AMBER').catch((error: Error) => error) ?? { message: 'nothing failed' }
  expect(message).toBe(shown)
})
