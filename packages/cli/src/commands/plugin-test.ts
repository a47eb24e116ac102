import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspectPlugin, reasonOf, TocsinError } from '@tocsin/core'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { runProgram } from '../run/run-program.ts'
import { usageError } from '../usage-error.ts'

/** `tocsin plugin test`: whether a plugin loads, fits this version, calls the contract suite of its kind, and passes its tests. */
export async function pluginTest({ shell, args }: Invocation): Promise<Outcome> {
  const folder = resolve(shell.cwd, args[0] ?? '.')
  const source = join(folder, 'src/index.ts')
  const names = await readdir(join(folder, 'src'), { recursive: true }).catch((cause: unknown) => {
    throw usageError(`no plugin in ${folder}: ${reasonOf(cause)}`, 'name the folder of one, with its code in src/', 'tocsin plugin test')
  })
  const { kind, name, apiVersion } = await inspectPlugin(pathToFileURL(source).href)
  const suite = `${kind}Contract`
  const tests = await Promise.all(names.filter((file) => /\.test\.[cm]?[jt]s$/.test(file)).map((file) => readFile(join(folder, 'src', file), 'utf8')))
  if (!tests.some((text) => text.includes(`${suite}(`))) {
    throw new TocsinError('E800', `no test of it calls ${suite}`, { where: folder, fix: `call ${suite}('${name}', { ... }) of @tocsin/core/testing in src/index.test.ts` })
  }
  const failed = await runTests(folder, shell)
  if (failed !== undefined) throw new TocsinError('E800', failed, { where: folder, fix: 'what vitest printed says which test, and why' })
  return { exit: EXIT.fine, data: { kind, use: name, apiVersion, folder }, lines: [`${kind} ${name} fits this version and passes its tests`] }
}

/** Runs vitest as the plugin has it; what it prints goes to stderr. Gives what went wrong. */
async function runTests(folder: string, shell: Invocation['shell']): Promise<string | undefined> {
  let vitest: string
  try {
    vitest = join(createRequire(join(folder, 'package.json')).resolve('vitest/package.json'), '../vitest.mjs')
  } catch {
    throw usageError('vitest is not installed', `run "npm install" in ${folder}`, 'tocsin plugin test')
  }
  const code = await runProgram(process.execPath, [vitest, 'run', '--root', folder, '--dir', 'src'], { ...shell, cwd: folder })
  return code === 0 ? undefined : `its tests failed: vitest ended with ${code ?? 'a signal'}`
}
