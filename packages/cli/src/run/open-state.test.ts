import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Invocation } from '../invocation.ts'
import { NOON } from '../testing/builders.ts'
import { scratch, stateEnv } from '../testing/cli.ts'
import { unpainted } from '../text/paint.ts'
import { withState } from './open-state.ts'

it('gives the state back, whatever comes of the work', async () => {
  const folder = await scratch()
  await writeFile(join(folder, 'tocsin.yaml'), 'name: shop\nwatch: []\n')
  const stream = { write: () => {}, on: () => {}, off: () => {} }
  const never = new AbortController().signal
  const shell = { stdout: stream, stderr: stream, interactive: false, env: stateEnv(folder), cwd: folder, now: () => NOON, stop: never, unread: never, onReload: () => () => {}, onCrash: () => {} }
  const invocation: Invocation = { shell, config: undefined, json: false, debug: false, paint: unpainted, options: {}, args: [] }
  const broken = withState(invocation, { readOnly: false }, () => Promise.reject(new Error('broken')))
  await expect(broken).rejects.toThrow('broken')
  const put = withState(invocation, { readOnly: false }, ({ monitor, store, now }) => store.transaction((tx) => tx.progress.put({ id: monitor.name, monitor: monitor.name, value: { evaluatedAt: now } }, 0)))
  expect(await put).toBe(1)
  expect(await withState(invocation, { readOnly: true }, ({ store }) => store.transaction((tx) => tx.progress.get('shop')))).toMatchObject({ value: { evaluatedAt: NOON } })
})
