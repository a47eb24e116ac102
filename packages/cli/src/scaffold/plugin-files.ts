import { exampleSource, type Kind, type Template, TEMPLATES } from './template.ts'

export interface PluginOptions {
  readonly kind: Kind
  /** What monitors will call it: `queue`, or `@acme/queue` for one with a scope. */
  readonly name: string
  /** Version of the packages of Tocsin that it is made for. */
  readonly version: string
}

/** Versions of what every plugin is built and tested with. */
const TOOLS = { '@types/node': '^24.9.0', typescript: '^5.9.0 || ^7.0.0', vitest: '^5.1.1' }

/** Everything that a new plugin's folder holds, by path. */
export function pluginFiles({ kind, name, version }: PluginOptions): Readonly<Record<string, string>> {
  const template = TEMPLATES[kind]
  const short = name.split('/').at(-1) ?? name
  const { code, test } = exampleSource(template.example)
  return {
    'package.json': json(manifest(template, { kind, name, version })),
    'tsconfig.json': json({ compilerOptions: COMPILER, include: ['src'] }),
    '.gitignore': 'dist/\nnode_modules/\n',
    'sample.yaml': template.sample,
    'README.md': readme(template, name),
    'src/index.ts': renamed(code, template.example, short),
    'src/index.test.ts': renamed(test, template.example, short),
  }
}

/** `@acme/tocsin-plugin-queue`: what `use: '@acme/queue'` finds. */
export function packageName(name: string): string {
  const [scope, rest] = name.startsWith('@') ? name.split('/') : [undefined, name]
  return scope === undefined ? `tocsin-plugin-${rest}` : `${scope}/tocsin-plugin-${rest}`
}

const COMPILER = {
  target: 'es2024',
  module: 'nodenext',
  types: ['node'],
  strict: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
  declaration: true,
  rootDir: 'src',
  outDir: 'dist',
}

function manifest(template: Template, { kind, name, version }: PluginOptions): object {
  const needs = Object.fromEntries(['@tocsin/core', ...template.needs, 'tocsin'].map((one) => [one, `^${version}`]))
  return {
    name: packageName(name),
    version: '0.1.0',
    description: template.purpose,
    keywords: ['tocsin', 'tocsin-plugin', `tocsin-${kind}`],
    type: 'module',
    engines: { node: '>=22.18' },
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist', '!dist/**/*.test.*', 'sample.yaml'],
    scripts: { build: 'tsc', test: 'vitest run --root . src', check: 'tocsin check --config sample.yaml', prepack: 'npm run build' },
    dependencies: { zod: '^4.6.7' },
    peerDependencies: { '@tocsin/core': `^${version}` },
    devDependencies: Object.fromEntries(Object.entries({ ...needs, ...TOOLS }).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  }
}

function readme({ purpose, sample, section, permissions, output }: Template, name: string): string {
  const used = sample.replace('./src/index.ts', name.startsWith('@') ? `'${name}'` : name)
  return `# ${packageName(name)}

${purpose}

\`\`\`sh
npm install ${packageName(name)}
\`\`\`

## Configuration

\`\`\`yaml
${used.trimEnd()}
\`\`\`

## ${section.title}

${section.text}

## Permissions

${permissions}

## Example output

\`\`\`
${output}
\`\`\`
`
}

/** The example under another name: its function, its name in messages, and its file. */
function renamed(source: string, example: string, name: string): string {
  const identifier = name.replaceAll(/[-.](\w)/g, (_, letter: string) => letter.toUpperCase())
  return source
    .replaceAll(`'./${example}.ts'`, "'./index.ts'")
    .replaceAll(`'${example}'`, `'${name}'`)
    .replaceAll(new RegExp(`\\b${example}\\b`, 'g'), identifier)
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`
