import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { packageName, pluginFiles } from '../scaffold/plugin-files.ts'
import { KINDS } from '../scaffold/template.ts'
import { usageError } from '../usage-error.ts'
import { version } from '../version.ts'

const newOptions = z.object({ kind: z.enum(KINDS) })
const NAME = /^(@[a-z0-9][\w.-]*\/)?[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** `tocsin plugin new`: a package with code, test, README and sample that passes the contract suite of its kind as it is. */
export async function pluginNew({ shell, options, args }: Invocation): Promise<Outcome> {
  const { kind } = newOptions.parse(options)
  const [name = ''] = args
  if (!NAME.test(name)) throw usageError(`"${name}" cannot name a plugin`, 'write lower-case words with dashes: queue, queue-depth, @acme/queue', 'tocsin plugin new')
  const folder = resolve(shell.cwd, packageName(name).split('/').at(-1) ?? name)
  if ((await readdir(folder).catch(() => [])).length > 0) throw usageError(`${relative(shell.cwd, folder)} exists and is not empty`, 'choose another name, or remove it', 'tocsin plugin new')

  const files = pluginFiles({ kind, name, version: version() })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text, { flag: 'wx' })
  }
  const shown = relative(shell.cwd, folder)
  return {
    exit: EXIT.fine,
    data: { kind, name, package: packageName(name), folder, files: Object.keys(files) },
    lines: [`wrote ${shown}: ${Object.keys(files).join(', ')}`, '', `install   cd ${shown} && npm install`, 'test      npm test', 'try       npm run check', 'publish   npm publish'],
    next: `tocsin plugin test ${shown}`,
  }
}
