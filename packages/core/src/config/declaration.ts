import { z } from 'zod'
import { asTocsinError, ConfigError, TocsinError } from '../errors.ts'
import { type ParsedOptions, parseOptions } from '../plugin/parse-options.ts'
import type { Channel } from '../plugin/notifier.ts'
import type { PluginInfo, PluginKind } from '../plugin/plugin.ts'
import type { PluginCall, ResolvePlugin } from '../plugin/resolve.ts'
import { reportOptions } from '../plugin/define-report.ts'
import type { Sink } from '../plugin/recorder.ts'
import type { ScheduledReport } from '../plugin/report.ts'
import { duration, ruleOptions } from '../plugin/rule-options.ts'
import type { Problem, Rule, Watch } from '../plugin/rule.ts'
import { inputSchema, readLiterals } from './literals.ts'
import { checkMonitor, type Monitor } from './monitor.ts'
import { settings } from './settings.ts'

type Options = Readonly<Record<string, unknown>>

const use = z.string().min(1).describe('The plugin: `ec2` for the package `@tocsin/collector-ec2`, `tocsin-plugin-ec2`, `@scope/tocsin-plugin-ec2`, or a path.')

/** One metric's evaluator with its options, and those of every rule. */
const ruleEntry = z.looseObject({ use: use.default('threshold').describe('The evaluator. Default `threshold`.') })

/** One collector with its options and rules. */
const watchEntry = z.looseObject({ use, rules: z.record(z.string(), ruleEntry).describe('The rules: a metric of the collector, and how it is judged.') })

/** One notifier with its options. */
const notifyEntry = z.looseObject({ use, sendResolved: z.boolean().optional().describe('Whether the end of what was told is told. Default true.') })

/** One recorder with its options. */
const recordEntry = z.looseObject({ use, every: duration.optional().describe('Time between two recordings. Default `1m`.') })

/** One report with its options. */
const reportEntry = z.looseObject({ use, ...reportOptions.shape })

/** A monitor as YAML and JSON declare it. The options of plugins stay open here: each plugin's own schema checks them. */
const declaration = settings.extend({
  $schema: z.string().optional().describe('Where editors find the JSON Schema. Tocsin passes it over.'),
  watch: z.array(watchEntry).describe('What to watch: one collector with its options and rules each.'),
  notify: z.record(z.string(), notifyEntry).default({}).describe('Whom to tell, by a name of your choice. Default: nobody.'),
  record: z.record(z.string(), recordEntry).default({}).describe('Where to keep what is seen, besides the store, by a name of your choice. Default: nowhere.'),
  reports: z.record(z.string(), reportEntry).default({}).describe('Reports, by a name of your choice, that go out by a schedule of their own. Default: none.'),
})

// What is read first: only as much as it takes to read the parts one by one, so that a broken one hides nothing of the others.
const watchShell = watchEntry.extend({ rules: z.record(z.string(), z.unknown()) })
const pluginShell = z.looseObject({ use })

const shell = z.looseObject({
  watch: z.array(z.unknown()).optional().catch(undefined),
  notify: z.record(z.string(), z.unknown()).optional().catch(undefined),
  record: z.record(z.string(), z.unknown()).optional().catch(undefined),
  reports: z.record(z.string(), z.unknown()).optional().catch(undefined),
})

/** What a declaration is read with. */
export interface DeclarationContext {
  readonly resolve: ResolvePlugin
  /** Whether the value at a path is one whole placeholder: such a text may stand for a number. */
  readonly isPlaceholder: (path: readonly PropertyKey[]) => boolean
}

/** The JSON Schema of a declaration, for editors. A placeholder may stand wherever a number or a boolean does. */
export function monitorJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(declaration, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const { type } = jsonSchema
      if (type !== 'number' && type !== 'integer' && type !== 'boolean') return
      const plain = { ...jsonSchema }
      for (const key of Object.keys(plain)) delete jsonSchema[key]
      const { default: fallback, ...inner } = plain
      Object.assign(jsonSchema, { anyOf: [inner, { type: 'string', pattern: '^\\$\\{.*\\}$' }] }, fallback === undefined ? {} : { default: fallback })
    },
  })
}

/**
 * Turns a declaration into a monitor by calling the same functions that a program calls, so that both are checked by the same
 * schemas. Paths of problems are those of the declaration.
 */
export async function readDeclaration(declared: Options, context: DeclarationContext): Promise<{ readonly monitor?: Monitor; readonly problems: readonly Problem[] }> {
  const { $schema: _, ...spec } = readLiterals(declared, inputSchema(declaration), context.isPlaceholder)
  const { watch, notify, record, reports } = shell.parse(spec)
  return checkMonitor({
    notify: {},
    ...spec,
    ...(watch && { watch: await Promise.all(watch.map((entry, index) => watchOf(entry, index, within(context, ['watch', index])))) }),
    ...(notify && { notify: await entriesOf(notify, (entry, name) => channelOf(entry, name, within(context, ['notify', name]))) }),
    ...(record && { record: await entriesOf(record, (entry, name) => sinkOf(entry, name, within(context, ['record', name]))) }),
    ...(reports && { reports: await entriesOf(reports, (entry, name) => reportOf(entry, name, within(context, ['reports', name]))) }),
  })
}

async function watchOf(entry: unknown, index: number, context: DeclarationContext): Promise<Watch> {
  const parsed = parseEntry(watchShell, `watch[${index}]`, entry)
  if (!parsed.ok) return { collector: '', metrics: {}, rules: [], problems: parsed.problems, permissions: () => [], open: () => refuse(parsed.problems) }
  const { use: name, rules: declared, ...options } = parsed.options
  const rules = await entriesOf(declared, (rule, metric) => ruleOf(rule, metric, within(context, ['rules', metric])))
  const made = await call('collector', name, context, (collector) => {
    const { site: _, ...watch } = collector(typed(options, collector.plugin, context), rules)
    return watch
  })
  if (made.ok) return made.value
  const problems = [made.problem, ...Object.entries(rules).flatMap(([metric, rule]) => rule.problems.map(({ path, error }) => ({ path: ['rules', metric, ...path], error })))]
  return { collector: name, metrics: {}, rules: [], problems, permissions: () => [], open: () => refuse(problems) }
}

async function ruleOf(entry: unknown, metric: string, context: DeclarationContext): Promise<Rule> {
  const broken = (problems: readonly Problem[]): Rule => ({ evaluator: { evaluate: () => ({ judgements: [] }) }, options: ruleOptions.parse({}), problems })
  const parsed = parseEntry(ruleEntry, metric, entry)
  if (!parsed.ok) return broken(parsed.problems)
  const { use: name, ...options } = parsed.options
  const made = await call('evaluator', name, context, (evaluator) => evaluator(typed(options, evaluator.plugin, context)))
  return made.ok ? made.value : broken([made.problem])
}

async function channelOf(entry: unknown, name: string, context: DeclarationContext): Promise<Channel> {
  const broken = (problems: readonly Problem[]): Channel => ({ use: '', sendResolved: true, limit: {}, reports: false, secrets: [], problems, check: () => [], permissions: () => [], open: () => refuse(problems) })
  const parsed = parseEntry(pluginShell, name, entry)
  if (!parsed.ok) return broken(parsed.problems)
  const { use: plugin, ...options } = parsed.options
  const made = await call('notifier', plugin, context, (notifier) => {
    const { site: _, ...channel } = notifier(typed(options, notifier.plugin, context))
    return channel
  })
  return made.ok ? made.value : broken([made.problem])
}

async function sinkOf(entry: unknown, name: string, context: DeclarationContext): Promise<Sink> {
  const broken = (problems: readonly Problem[]): Sink => ({ use: '', every: 0, problems, check: () => [], permissions: () => [], open: () => refuse(problems) })
  const parsed = parseEntry(pluginShell, name, entry)
  if (!parsed.ok) return broken(parsed.problems)
  const { use: plugin, ...options } = parsed.options
  const made = await call('recorder', plugin, context, (recorder) => {
    const { site: _, ...sink } = recorder(typed(options, recorder.plugin, context))
    return sink
  })
  return made.ok ? made.value : broken([made.problem])
}

async function reportOf(entry: unknown, name: string, context: DeclarationContext): Promise<ScheduledReport> {
  const broken = (problems: readonly Problem[]): ScheduledReport => ({ use: '', to: [], schedule: '', problems, check: () => [], period: () => refuse(problems), soFar: () => refuse(problems), open: () => refuse(problems) })
  const parsed = parseEntry(pluginShell, name, entry)
  if (!parsed.ok) return broken(parsed.problems)
  const { use: plugin, ...options } = parsed.options
  const made = await call('report', plugin, context, (report) => {
    const { site: _, ...scheduled } = report(typed(options, report.plugin, context))
    return scheduled
  })
  return made.ok ? made.value : broken([made.problem])
}

/** Reads one entry under the name that errors call it by. */
function parseEntry<Schema extends z.ZodType>(schema: Schema, name: string, entry: unknown): ParsedOptions<z.output<Schema>> {
  if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) return parseOptions(schema, entry)
  return { ok: false, problems: [{ path: [], error: new TocsinError('E103', `"${name}" holds no options`, { fix: 'write them by name: { use: ..., ... }' }) }] }
}

type Made<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem }

/** Finds the plugin that `use` names and calls it. Both may fail in code that is not ours. */
async function call<Kind extends PluginKind, T>(kind: Kind, name: string, { resolve }: DeclarationContext, make: (plugin: PluginCall<Kind>) => T): Promise<Made<T>> {
  try {
    return { ok: true, value: make(await resolve(kind, name)) }
  } catch (error) {
    return { ok: false, problem: { path: ['use'], error: asTocsinError(error, 'E108', { fix: `the ${kind} "${name}" fails on its own options: tell its author` }) } }
  }
}

/** A plugin's options, with placeholders read as the plugin's schema asks. */
function typed(options: Options, plugin: PluginInfo, { isPlaceholder }: DeclarationContext): Options {
  return readLiterals(options, inputSchema(plugin.options), isPlaceholder)
}

function within(context: DeclarationContext, base: readonly PropertyKey[]): DeclarationContext {
  return { ...context, isPlaceholder: (path) => context.isPlaceholder([...base, ...path]) }
}

async function entriesOf<T>(declared: Options, make: (entry: unknown, name: string) => Promise<T>): Promise<Record<string, T>> {
  return Object.fromEntries(await Promise.all(Object.entries(declared).map(async ([name, entry]) => [name, await make(entry, name)] as const)))
}

function refuse(problems: readonly Problem[]): never {
  throw new ConfigError(problems.map(({ error }) => error))
}
