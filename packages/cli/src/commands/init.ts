import { access, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { z } from 'zod'
import { EXIT } from '../exit-code.ts'
import { type AwsFound, findAws } from '../init/aws-profile.ts'
import { type Choice, COLLECTORS, collectorNames, needsRegions, NOTIFIERS, notifierNames, packagesOf, variablesOf } from '../init/catalogue.ts'
import type { Given } from '../init/ask.ts'
import { typescriptConfig, yamlConfig } from '../init/config-text.ts'
import { installPackages } from '../init/install-packages.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { usageError } from '../usage-error.ts'

const known = <const Names extends Readonly<Record<string, unknown>>>(names: Names) => z.array(z.string().refine((name): name is keyof Names & string => Object.hasOwn(names, name))).transform((chosen) => [...new Set(chosen)])

const word = z.string().regex(/^[^\s'"\\]+$/)

const initOptions = z.object({
  watch: known(COLLECTORS).optional(),
  regions: z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/)).optional(),
  notify: known(NOTIFIERS).optional(),
  channel: word.optional(),
  to: z.array(word).optional(),
  yaml: z.boolean().default(false),
  from: z.string().optional(),
  yes: z.boolean().default(false),
  install: z.boolean().default(false),
  force: z.boolean().default(false),
})

const EXPECTED: Readonly<Record<string, string>> = {
  watch: `one or more of ${collectorNames.join(', ')}`,
  regions: 'regions such as us-west-2',
  notify: `one or more of ${notifierNames.join(', ')}`,
  channel: 'a channel such as #ops',
  to: 'addresses such as ops@your.company',
}

/** `tocsin init`: writes a configuration, and says what is needed to run it. */
export async function init({ shell, config, options }: Invocation): Promise<Outcome> {
  const { yaml, yes, install, force, from, ...given } = readFlags(options)
  if (from !== undefined) return (await import('../old-script/init-from.ts')).initFrom({ shell, config }, { from, force, regions: given.regions })
  const wanted = config ?? (yaml ? 'tocsin.yaml' : 'tocsin.config.ts')
  const aws = await findAws(shell.env)
  const asks = shell.interactive && !yes
  const name = nameFrom(shell.cwd)
  if (!asks && !yes && given.watch === undefined) throw usageError('nobody to ask: this is not a terminal', 'say what to watch: tocsin init --watch host --notify console, or take the defaults: --yes', 'tocsin init')
  if (!force && (await exists(resolve(shell.cwd, wanted)))) throw alreadyThere(wanted)
  const choice = asks ? await (await import('../init/ask.ts')).ask(given, name, aws) : withDefaults(given, name, aws)
  if (choice === undefined) return { exit: EXIT.interrupted }

  const { file, text } = await textFor(wanted, choice, { mayBeYaml: config === undefined, cwd: shell.cwd })
  const path = resolve(shell.cwd, file)
  await writeFile(path, text, { flag: force ? 'w' : 'wx' }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw alreadyThere(file)
    throw usageError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, 'check the folder and its permissions')
  })
  const packages = packagesOf(choice)
  if (install) await installPackages(packages, shell)
  const variables = variablesOf(choice)
  const missing = Object.keys(variables).filter((variable) => !shell.env[variable])
  return {
    exit: EXIT.fine,
    data: { file: path, packages, variables: Object.keys(variables), missingVariables: missing, awsCredentials: needsRegions(choice.watch) ? (aws.credentials ?? null) : null },
    lines: [
      `wrote ${file}`,
      '',
      `${install ? 'installed' : 'install  '} ${install ? packages.join(' ') : `npm install ${packages.join(' ')}`}`,
      ...Object.entries(variables).map(([variable, meaning]) => `set       ${variable}   ${meaning}${missing.includes(variable) ? '' : ' (is set)'}`),
      ...(needsRegions(choice.watch) ? [aws.credentials === undefined ? 'set       AWS_PROFILE   a profile with credentials: none were found here' : `found     AWS credentials: ${aws.credentials}`] : []),
    ],
    notes: file === wanted ? [] : [`${file} in place of ${wanted}: so many packages need too many lines of imports`],
    next: 'tocsin check',
  }
}

/** What is written, and where: YAML where TypeScript would be too long, as it needs an import for each package. */
async function textFor(wanted: string, choice: Choice, { mayBeYaml, cwd }: { readonly mayBeYaml: boolean; readonly cwd: string }): Promise<{ readonly file: string; readonly text: string }> {
  if (/\.ya?ml$/.test(wanted)) return { file: wanted, text: yamlConfig(choice) }
  const text = typescriptConfig(choice)
  if (text !== undefined) return { file: wanted, text }
  if (!mayBeYaml) throw usageError(`so many packages make ${wanted} too long`, 'write YAML, which needs no imports: name a file that ends in .yaml, or choose less', 'tocsin init')
  // It would be read in place of the YAML.
  if (await exists(resolve(cwd, wanted))) throw usageError(`so many packages need YAML, and ${wanted} stands in its way`, `remove ${wanted}, or choose less`, 'tocsin init')
  return { file: 'tocsin.yaml', text: yamlConfig(choice) }
}

const exists = (path: string): Promise<boolean> => access(path).then(() => true, () => false)

const alreadyThere = (file: string): Error => usageError(`${file} exists`, 'overwrite it with --force, or write another with --config')

function readFlags(options: unknown): z.output<typeof initOptions> {
  const parsed = initOptions.safeParse(options)
  if (parsed.success) return parsed.data
  const [flag = '', index] = (parsed.error.issues[0]?.path ?? []).map(String)
  const value = typedValue(options, flag, index)
  throw usageError(`--${flag} cannot be "${value}"`, `write ${EXPECTED[flag] ?? 'another value'}`, 'tocsin init')
}

function typedValue(options: unknown, flag: string, index: string | undefined): string {
  const typed = Object.entries(options ?? {}).find(([name]) => name === flag)?.[1]
  return String(Array.isArray(typed) && index !== undefined ? typed[Number(index)] : typed)
}

function withDefaults(given: Given, name: string, aws: AwsFound): Choice {
  const [region] = aws.regions
  const watch = given.watch ?? (aws.credentials !== undefined && region !== undefined ? ['host', 'ec2'] : ['host'])
  const notify = given.notify ?? ['console']
  const regions = given.regions ?? (region === undefined ? [] : [region])
  if (needsRegions(watch) && regions.length === 0) throw usageError('no AWS region is known', 'name some: --regions us-west-2', 'tocsin init')
  const to = given.to ?? []
  if (notify.includes('email') && to.length === 0) throw usageError('no mail address is known', 'name some: --to ops@your.company', 'tocsin init')
  const { channel } = given
  return { name, watch, regions, notify, to, ...(channel === undefined ? {} : { channel }) }
}

/** The folder's name, as far as it can be a monitor's name: two monitors of one name would share their state file. */
function nameFrom(folder: string): string {
  const name = basename(folder).replaceAll(/[^\w.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '')
  return name === '' ? 'main' : name
}
