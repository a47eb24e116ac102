import { readdirSync } from 'node:fs'
import { consoleNotifier, fileNotifier, monitorJsonSchema, type PluginInfo } from '@tocsin/core'
import { z } from 'zod'
import { recorderOptions } from '../../packages/core/src/plugin/define-recorder.ts'
import { reportOptions } from '../../packages/core/src/plugin/define-report.ts'
import { notifierOptions } from '../../packages/core/src/plugin/define-notifier.ts'
import { ruleOptions } from '../../packages/core/src/plugin/rule-options.ts'
import { type Setting, settingsOf, tableOf } from './settings-table.ts'

const PLUGINS = new URL('../../plugins/', import.meta.url)
const KINDS = ['collector', 'evaluator', 'notifier', 'recorder', 'report'] as const

/** A part of the reference. */
interface Section {
  readonly title: string
  readonly words: string
  readonly settings: readonly Setting[]
}

/** What a plugin package exports as its default. */
const made = z.object({ default: z.custom<{ readonly plugin: PluginInfo }>((value) => typeof value === 'function' && 'plugin' in value) })
const inputOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })

/** Every setting of a monitor and of every plugin, from the schemas that check them. */
export async function configurationSections(): Promise<readonly Section[]> {
  const packages = await Promise.all(
    readdirSync(PLUGINS)
      .toSorted()
      .map(async (folder) => ({ ...made.parse(await import(new URL(`${folder}/src/index.ts`, PLUGINS).href)).default.plugin, from: `the package [\`@tocsin/${folder}\`](../../plugins/${folder}/README.md)` })),
  )
  const builtins = [consoleNotifier, fileNotifier].map(({ plugin }) => ({ ...plugin, from: 'part of the core' }))
  const plugins = [...packages, ...builtins]
  return [
    { title: 'The monitor', words: 'At the top of the file, and in `defineMonitor({ ... })`. `<name>` is one of your choice.', settings: settingsOf(monitorJsonSchema()) },
    { title: 'Every rule', words: 'Beside the options of its evaluator.', settings: settingsOf(inputOf(ruleOptions)) },
    { title: 'Every notifier', words: 'Beside its own options.', settings: settingsOf(inputOf(notifierOptions)) },
    { title: 'Every recorder', words: 'Beside its own options.', settings: settingsOf(inputOf(recorderOptions)) },
    { title: 'Every report', words: 'Beside its own options.', settings: settingsOf(inputOf(reportOptions)) },
    ...KINDS.flatMap((kind) => plugins.filter((plugin) => plugin.kind === kind).map(({ name, from, options }) => ({ title: `\`use: ${name}\`, a ${kind}`.replace('a evaluator', 'an evaluator'), words: `It is ${from}.`, settings: settingsOf(inputOf(options)) }))),
  ]
}

/** `packages/core/CONFIGURATION.md`. */
export async function configurationReference(): Promise<string> {
  const sections = await configurationSections()
  return `# Configuration reference

Every setting with its type, its default and what it means. Made from the schemas by \`pnpm docs:config\`; the same words stand in the JSON Schema that editors show.

A *duration* is a text such as \`30s\`, \`5m\`, \`2h\` or \`7d\`. A *secret text* is never shown. In YAML and JSON a value, a number too, may be a placeholder:
\`\${NAME}\`, \`\${NAME:-default}\` or \`\${file:path}\`.

${sections.map(({ title, words, settings }) => `## ${title}\n\n${words}\n\n${tableOf(settings)}`).join('\n')}`
}
