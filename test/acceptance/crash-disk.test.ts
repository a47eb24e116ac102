import { type ChildProcess, execFile } from 'node:child_process'
import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openScene, type Scene } from './crash/command.ts'

const run = promisify(execFile)

let scene: Scene
beforeEach(async () => {
  scene = await openScene()
})
afterEach(() => scene.close())

const statuses = () => scene.told.map(({ status }) => status)
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 50 })

/** The largest file that a running process may write. */
const limit = (child: ChildProcess, bytes: string) => run('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:unlimited`])

describe.runIf(process.platform === 'linux')('a disk without room', () => {
  it('is named, holds nothing up but the writing, and loses nothing', { timeout: 90_000 }, async () => {
    const { child, said } = scene.start(['run', '--continuous'])
    await scene.measure(91)
    await eventually(() => expect(statuses()).toEqual(['firing']))
    await limit(child, '1')
    await scene.measure(10)
    await eventually(() => expect(said()).toMatch(/the cycle could not be committed/))
    expect(said()).toMatch(/E501 (there is no room to write|the file cannot be read or written)/)
    await limit(child, 'unlimited')
    await eventually(() => expect(statuses()).toEqual(['firing', 'resolved']))
    expect(new Set(scene.told.map(({ key }) => key)).size).toBe(2)
    expect(child.exitCode).toBeNull()
  })

  it('does not keep the next process from going on, after one was killed meanwhile', { timeout: 90_000 }, async () => {
    const { child, said, ended } = scene.start(['run', '--continuous'])
    await scene.measure(91)
    await eventually(() => expect(statuses()).toEqual(['firing']))
    await limit(child, '1')
    await scene.measure(10)
    await eventually(() => expect(said()).toMatch(/the cycle could not be committed/))
    child.kill('SIGKILL')
    await ended
    expect(await scene.start(['run']).ended).toBe(0)
    expect(statuses()).toEqual(['firing', 'resolved'])
  })
})

describe('a file that can only be read', () => {
  it('is named before anything is watched, and nobody is told', { timeout: 60_000 }, async () => {
    await scene.measure(91)
    expect(await scene.start(['run']).ended).toBe(0)
    const state = join(scene.folder, 'state', 'tocsin')
    const [file = ''] = await readdir(state)
    const folders = [scene.folder, join(scene.folder, 'state'), state]
    for (const path of folders) await chmod(path, 0o555)
    await chmod(join(state, file), 0o444)
    // Root may write everything, so somebody else tries.
    const second = scene.start(['run'], process.getuid?.() === 0 ? await nobody() : {})
    expect(await second.ended).toBe(1)
    expect(second.said()).toMatch(new RegExp(`^E501 .* · ${join(state, file)} · `, 'm'))
    expect(statuses()).toEqual(['firing'])
    for (const path of folders) await chmod(path, 0o755)
    await chmod(join(state, file), 0o644)
    await scene.measure(10)
    expect(await scene.start(['run']).ended).toBe(0)
    expect(statuses()).toEqual(['firing', 'resolved'])
  })
})

async function nobody(): Promise<{ readonly uid: number; readonly gid: number }> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout)))
  return { uid: uid ?? 0, gid: gid ?? 0 }
}
