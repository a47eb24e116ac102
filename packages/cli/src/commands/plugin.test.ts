import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { envelope, scratch, tocsin } from '../testing/cli.ts'

it('writes a plugin under the name it is given: package, function, file and messages', async () => {
  const folder = await scratch()
  const { code, stdout } = await tocsin(['plugin', 'new', '@acme/queue-depth', '--kind', 'collector', '--json'], folder)
  expect(code).toBe(0)
  const made = join(folder, 'tocsin-plugin-queue-depth')
  expect(envelope.parse(JSON.parse(stdout)).data).toMatchObject({ kind: 'collector', name: '@acme/queue-depth', package: '@acme/tocsin-plugin-queue-depth', folder: made })
  expect((await readdir(made, { recursive: true })).toSorted()).toEqual(['.gitignore', 'README.md', 'package.json', 'sample.yaml', 'src', 'src/index.test.ts', 'src/index.ts', 'tsconfig.json'])
  const [code_, test, readme, sample] = await Promise.all(['src/index.ts', 'src/index.test.ts', 'README.md', 'sample.yaml'].map((file) => readFile(join(made, file), 'utf8')))
  expect(code_).toContain("export const queueDepth = defineCollector({\n  name: 'queue-depth'")
  expect(test).toContain("import { queueDepth } from './index.ts'")
  expect(`${code_}${test}`).not.toContain('backlog')
  expect(readme).toContain("- use: '@acme/queue-depth'")
  expect(sample).toContain('- use: ./src/index.ts')
})

it.each([['Queue'], ['queue depth'], ['-queue'], ['@acme'], ['../queue'], ['queue--depth']])('refuses the name %s', async (name) => {
  const folder = await scratch()
  const { code, stderr } = await tocsin(['plugin', 'new', '--kind', 'notifier', '--', name], folder)
  expect(code).toBe(2)
  expect(stderr).toContain('cannot name a plugin')
  expect((await readdir(folder)).filter((file) => file !== 'state')).toEqual([])
})

it('leaves a folder alone that holds something', async () => {
  const folder = await scratch()
  await mkdir(join(folder, 'tocsin-plugin-queue'))
  await writeFile(join(folder, 'tocsin-plugin-queue/notes'), 'mine')
  const { code, stderr } = await tocsin(['plugin', 'new', 'queue', '--kind', 'recorder'], folder)
  expect(code).toBe(2)
  expect(stderr).toContain('tocsin-plugin-queue exists and is not empty')
  expect(await readdir(join(folder, 'tocsin-plugin-queue'))).toEqual(['notes'])
})

it('lists what is installed, and says of what cannot be used why', async () => {
  const folder = await scratch()
  const install = async (name: string, code: string): Promise<void> => {
    await mkdir(join(folder, 'node_modules', name), { recursive: true })
    await writeFile(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name, version: '1.2.3', type: 'module', exports: './index.js' }))
    await writeFile(join(folder, 'node_modules', name, 'index.js'), code)
  }
  const plugin = (about: object): string => `export default Object.assign(() => {}, { plugin: ${JSON.stringify(about)} })`
  await install('@acme/tocsin-plugin-pager', plugin({ kind: 'notifier', name: 'pager', apiVersion: 1 }))
  await install('tocsin-plugin-old', plugin({ kind: 'collector', name: 'old', apiVersion: 0 }))
  await install('tocsin-plugin-broken', 'throw new Error("no luck")')
  const { code, stdout, stderr } = await tocsin(['plugin', 'list'], folder)
  expect(code).toBe(2)
  expect(stdout).toMatch(/^notifier +pager +@acme\/tocsin-plugin-pager +1\.2\.3 +1$/m)
  expect(stdout).not.toContain('tocsin-plugin-old')
  expect(stderr).toContain('made for version 0 of the plugin API, this is version 1')
  expect(stderr).toContain('no luck')
})
