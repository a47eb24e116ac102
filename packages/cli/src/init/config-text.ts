import { type Choice, collectorEntry, type CollectorName, HIGH, notifierEntry, type RuleText, type Value } from './catalogue.ts'

/** The longest file that is written, in lines. */
const MOST_LINES = 12

/** The choice as `tocsin.config.ts`; `undefined` when its imports alone make it too long. */
export function typescriptConfig(choice: Choice): string | undefined {
  const { name, watch, notify } = choice
  const builtIn = notify.map(notifierEntry).filter((entry) => entry.package === undefined)
  const channels = notify.map((one) => `${one}: ${notifierEntry(one).factory}(${argument(notifierEntry(one).options(choice))})`)
  const readsEnvironment = notify.some((one) => Object.values(notifierEntry(one).options(choice)).some(isFromEnvironment))
  const imports = [
    importLine([...builtIn.map(({ factory }) => factory), 'defineMonitor', ...(readsEnvironment ? ['env'] : [])], '@tocsin/core'),
    ...watch.map((one) => importLine([one], collectorEntry(one).package)),
    importLine(['threshold'], '@tocsin/evaluator-threshold'),
    ...notify.map(notifierEntry).flatMap((entry) => (entry.package === undefined ? [] : [importLine([entry.factory], entry.package)])),
  ]
  const watches = watch.map((one) => watchCall(one, choice))
  const shared = usesHigh(watch) ? [`const high = threshold(${flow(HIGH, typescript)})`] : []
  const layout = (blank: readonly string[], list: typeof inLines): string[] => [
    ...imports,
    ...blank,
    ...shared,
    ...(shared.length > 0 ? blank : []),
    'export default defineMonitor({',
    `  name: ${typescript(name)},`,
    ...list('watch: [', watches, ']'),
    ...list('notify: {', channels, '}'),
    '})',
  ]
  // The airiest one that is short enough.
  const lines = [layout([''], inLines), layout([''], inOneLine), layout([], inOneLine)].find(({ length }) => length <= MOST_LINES)
  return lines && `${lines.join('\n')}\n`
}

const inLines = (open: string, items: readonly string[], close: string): string[] => [`  ${open}`, ...items.map((item) => `    ${item},`), `  ${close},`]

const inOneLine = (open: string, items: readonly string[], close: string): string[] => [open.endsWith('{') ? `  ${open} ${items.join(', ')} ${close},` : `  ${open}${items.join(', ')}${close},`]

/** The choice as `tocsin.yaml`. */
export function yamlConfig(choice: Choice): string {
  const { name, watch, notify } = choice
  const channels = notify.map((one) => `${one}: ${flow({ use: one, ...notifierEntry(one).options(choice) }, yaml)}`)
  const head = [`name: ${yaml(name)}`, 'watch:', ...watch.map((one) => `  - ${flow({ use: one, ...optionsOf(one, choice), rules: rulesText(one) }, yaml)}`)]
  const airy = [...head, 'notify:', ...channels.map((channel) => `  ${channel}`)]
  const lines = airy.length <= MOST_LINES ? airy : [...head, `notify: { ${channels.join(', ')} }`]
  return `${lines.join('\n')}\n`
}

const importLine = (names: readonly string[], from: string): string => `import { ${names.toSorted().join(', ')} } from '${from}'`

const usesHigh = (watch: readonly CollectorName[]): boolean => watch.some((one) => Object.values(collectorEntry(one).rules).includes('high'))

const optionsOf = (one: CollectorName, { regions }: Choice): { readonly [key: string]: Value } => ({ ...(collectorEntry(one).aws ? { regions } : {}), ...collectorEntry(one).options })

function watchCall(one: CollectorName, choice: Choice): string {
  const options = optionsOf(one, choice)
  const rules = Object.entries(collectorEntry(one).rules).map(([metric, rule]) => `${metric}: ${rule === 'high' ? rule : `threshold(${flow(rule, typescript)})`}`)
  return `${one}(${[...(Object.keys(options).length > 0 ? [flow(options, typescript)] : []), `{ ${rules.join(', ')} }`].join(', ')})`
}

const rulesText = (one: CollectorName): { readonly [metric: string]: Value } =>
  Object.fromEntries(Object.entries(collectorEntry(one).rules).map(([metric, rule]: [string, RuleText]) => [metric, rule === 'high' ? HIGH : rule]))

const argument = (options: { readonly [key: string]: Value }): string => (Object.keys(options).length === 0 ? '' : flow(options, typescript))

/** `{ warning: 60, for: '5m' }`: the same in both languages but for what stands inside. */
const flow = (values: { readonly [key: string]: Value }, write: (value: Value) => string): string =>
  `{ ${Object.entries(values).map(([key, value]) => `${key}: ${write(value)}`).join(', ')} }`

function typescript(value: Value): string {
  if (isFromEnvironment(value)) return `env('${value.env}')`
  return written(value, typescript)
}

function yaml(value: Value): string {
  if (isFromEnvironment(value)) return `'\${${value.env}}'`
  if (typeof value === 'string' && PLAIN_YAML.test(value)) return value
  return written(value, yaml)
}

function written(value: Exclude<Value, { env: string }>, write: (value: Value) => string): string {
  if (typeof value === 'number') return String(value)
  // Single quotes mean the same in both; a text that needs escapes is written as JSON, which both can read.
  if (typeof value === 'string') return /['\\\n]/.test(value) ? JSON.stringify(value) : `'${value}'`
  if (isList(value)) return `[${value.map((one) => write(one)).join(', ')}]`
  return flow(value, write)
}

/** Words that YAML reads as text, not as a number or a truth value: `ec2`, `us-west-2`, `5m`. */
const PLAIN_YAML = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)(?:[a-z][\w.-]*|\d+[a-df-z]\w*)$/i

const isList = (value: Value): value is readonly string[] => Array.isArray(value)

const isFromEnvironment = (value: Value): value is { readonly env: string } => typeof value === 'object' && !isList(value) && typeof value['env'] === 'string'
