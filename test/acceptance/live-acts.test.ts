import { setTimeout as passes } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openScene, type Scene } from './crash/command.ts'

let scene: Scene
beforeEach(async () => {
  scene = await openScene()
})
afterEach(() => scene.close())

const statuses = () => scene.told.map(({ status }) => status)
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 50 })
/** A command beside the process that runs, to its end. */
async function act(...args: string[]): Promise<string> {
  const running = scene.start(args)
  expect(await running.ended, running.said()).toBe(0)
  return running.said()
}

it('acts on a monitor that runs: what is silenced is not told, and what was told ends all the same', { timeout: 90_000 }, async () => {
  const run = scene.start(['run', '--continuous', '--interval', '1'])
  await scene.measure(91)
  await until(() => expect(statuses()).toEqual(['firing']))

  expect(await act('ack', 'gauge.cpu/web-1', '--by', 'ann')).toContain('taken on by ann: RED web-1')
  expect(await act('alerts')).toMatch(/RED +web-1 .* ann took it on/)
  expect(await act('silence', 'add', 'name=web-1', '--for', '1h', '--by', 'ann')).toMatch(/it hides 1 alert now/)

  await scene.measure(10)
  await until(() => expect(statuses()).toEqual(['firing', 'resolved']))
  await scene.measure(91)
  await until(async () => expect(await act('alerts')).toMatch(/RED +web-1 .* silenced by ann/))
  await passes(2_500)
  expect(statuses()).toEqual(['firing', 'resolved'])

  const [id = ''] = /[\da-f]{8}/.exec(await act('silence', 'list')) ?? []
  await act('silence', 'expire', id)
  await until(() => expect(statuses()).toEqual(['firing', 'resolved', 'firing']))
  run.child.kill('SIGTERM')
  expect(await run.ended, run.said()).toBe(0)
})
