import { expect, it } from 'vitest'
import { configurationReference, configurationSections } from '../docs/config-reference.ts'
import { PLUGINS, read } from './workspace.ts'

it('the configuration reference says what the schemas say: run "pnpm docs:config"', async () => {
  expect(read('packages/core/CONFIGURATION.md')).toBe(await configurationReference())
})

it('every setting, and every option of every plugin, says what it means', async () => {
  const sections = await configurationSections()
  expect(sections.flatMap(({ title, settings }) => settings.filter(({ meaning }) => meaning.length < 10).map(({ name }) => `${title}: ${name}`))).toEqual([])
  // Five parts for all, and the two notifiers of the core.
  expect(sections.length).toBe(5 + PLUGINS.length + 2)
  expect(sections[0]?.settings.map(({ name }) => name)).toEqual(expect.arrayContaining(['every', 'watch[].rules', 'log.level', 'steps[].after', 'route.routes', 'notify.<name>.use']))
})
