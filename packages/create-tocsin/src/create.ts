import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { EXIT, type ExitCode, type Shell, tocsin } from 'tocsin'

const FOLDER = 'monitor'

/**
 * Makes a monitor in a folder of its own: a package to install into, and then what `tocsin init` writes.
 *
 * @param args the folder, `monitor` by default, and options of `tocsin init`.
 */
export async function create(args: readonly string[], shell: Shell): Promise<ExitCode> {
  const [first = FOLDER, ...rest] = args
  const [name, options] = first.startsWith('-') ? [FOLDER, args] : [first, rest]
  const folder = resolve(shell.cwd, name)
  if ((await readdir(folder).catch(() => [])).length > 0) {
    shell.stderr.write(`E600 ${name} exists and is not empty · npm create tocsin · name another folder\n`)
    return EXIT.usage
  }
  await mkdir(folder, { recursive: true })
  for (const [file, text] of Object.entries(projectFiles(basename(folder)))) await writeFile(join(folder, file), text)
  shell.stderr.write(`in ${folder}\n`)
  return tocsin(['init', '--install', ...options], { ...shell, cwd: folder })
}

function projectFiles(name: string): Readonly<Record<string, string>> {
  const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`
  const compilerOptions = { target: 'es2024', module: 'nodenext', strict: true, noEmit: true, allowImportingTsExtensions: true, verbatimModuleSyntax: true }
  return {
    'package.json': json({ name: name.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-'), private: true, type: 'module', scripts: { check: 'tocsin check', start: 'tocsin run --continuous' } }),
    'tsconfig.json': json({ compilerOptions, include: ['*.ts'] }),
    '.gitignore': 'node_modules/\n.env\n',
  }
}
