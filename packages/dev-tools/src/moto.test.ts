import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { startMoto } from './moto.ts'

const answers = (url: string): Promise<boolean> => fetch(url).then(({ ok }) => ok, () => false)

it('starts servers that know nothing of each other, and stops them', async () => {
  const [first, second] = await Promise.all([startMoto(), startMoto()])
  expect(first.url).not.toBe(second.url)
  expect(await answers(`${first.url}/moto-api/`)).toBe(true)
  await first.reset()
  await first.stop()
  expect([await answers(`${first.url}/moto-api/`), await answers(`${second.url}/moto-api/`)]).toEqual([false, true])
  await second.stop()
  await second.stop()
}, 180_000)

it('leaves no server behind when the process that started it is killed', async () => {
  const module = fileURLToPath(new URL('moto.ts', import.meta.url))
  const script = `import { startMoto } from ${JSON.stringify(module)}; console.log((await startMoto()).url); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  expect(await answers(`${url}/moto-api/`)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await expect.poll(() => answers(`${url}/moto-api/`), { timeout: 10_000 }).toBe(false)
}, 180_000)

it('says what is missing', async () => {
  const install = fileURLToPath(new URL('install-python.ts', import.meta.url))
  const script = `import { installPython } from ${JSON.stringify(install)}; await installPython('/tmp/nowhere-to-be', { name: 'moto', version: '5.2.5' }).catch((error) => console.log(error.message))`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: '/nonexistent' } })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  expect(line).toContain('these tests need moto, and "python3 -m venv')
  expect(line).toContain('install Python 3.9 or later with venv')
}, 60_000)
