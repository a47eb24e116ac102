import { expect, it } from 'vitest'
import { loadMonitor, reachable } from '@tocsin/core'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exists, read, ROOT } from './workspace.ts'

const readme = read('README.md')
const snippets = (language: string): string[] => [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code ?? '')

it('shows the quick-start example as it is, in eight lines', () => {
  const [monitor = ''] = snippets('ts')
  expect(monitor).toBe(read('examples/quick-start/tocsin.config.ts'))
  expect(monitor.split('\n').filter((line) => line !== '').length).toBe(8)
})

it('shows the embedding program as it is type-checked', () => {
  expect(snippets('ts')[1]).toBe(read('examples/quick-start/embed.ts'))
})

it('shows YAML that loads to the same watch and channels', async () => {
  const folder = await mkdtemp(join(ROOT, 'examples/quick-start/.cache-'))
  try {
    const file = join(folder, 'tocsin.yaml')
    await writeFile(file, snippets('yaml')[0] ?? '')
    const { monitor } = await loadMonitor({ file, env: process.env })
    expect(monitor.watch.flatMap(({ rules }) => rules.map(({ name }) => name))).toEqual(['ec2.cpu'])
    expect({ warning: reachable(monitor.route, 'warning'), critical: reachable(monitor.route, 'critical') }).toEqual({ warning: ['ops'], critical: ['ops', 'mail'] })
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('shows routing in the README of core that loads', async () => {
  const folder = await mkdtemp(join(ROOT, 'examples/quick-start/.cache-'))
  try {
    const file = join(folder, 'tocsin.yaml')
    await writeFile(file, /```yaml\n(.*?)```/s.exec(read('packages/core/README.md'))?.[1] ?? '')
    const { monitor } = await loadMonitor({ file, env: process.env })
    expect(reachable(monitor.route, 'critical').toSorted()).toEqual(['lead', 'oncall', 'ops'])
    expect(Object.keys(monitor.composites)).toEqual(['region-down'])
  } finally {
    await rm(folder, { recursive: true })
  }
})

it.each(['deploy.ts', 'why.ts'])('shows %s in the README of core, which is type-checked', (file) => {
  expect([...read('packages/core/README.md').matchAll(/```ts\n(.*?)```/gs)].map(([, program]) => program)).toContain(read(`examples/quick-start/${file}`))
})

it('shows the plugins of the examples as they are, one of each kind', () => {
  const shown = [...read('packages/core/PLUGINS.md').matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
  expect(shown).toEqual(['backlog', 'rising', 'ntfy', 'snapshots', 'standing'].map((name) => read(`examples/custom-plugins/src/${name}.ts`)))
})

it('shows what Slack shows, as a test of the notifier compares it', () => {
  const [shown = ''] = snippets('text')
  expect(shown).toContain('RED web-3 cpu 91%')
  expect(read('plugins/notifier-slack/README.md')).toContain(shown.trimEnd())
})

it('links only to what is there', () => {
  const links = [...readme.matchAll(/(?:\]\(|src=")([^)#"]+)/g)].map(([, link]) => link ?? '').filter((link) => !link.startsWith('http'))
  expect(links.length).toBeGreaterThan(10)
  expect(links.filter((link) => !exists(link))).toEqual([])
})
