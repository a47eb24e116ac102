import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { envelope, FIXTURE, scratch, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

const run = (VALUES: string, env: Record<string, string> = {}) => tocsin(['run', '--config', FIXTURE], folder, { VALUES, OUT: join(folder, 'out'), ...env })
const outbox = (...args: string[]) => tocsin(['outbox', ...args, '--config', FIXTURE], folder)
const listed = z.object({ messages: z.array(z.looseObject({ id: z.string(), status: z.string(), error: z.string().nullable(), attempts: z.number() })) })
const messages = async (...args: string[]) => listed.parse(envelope.parse(JSON.parse((await outbox('list', '--json', ...args)).stdout)).data).messages
const sent = async (): Promise<string[]> => (await readFile(join(folder, 'out'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')

describe('outbox', () => {
  it('is empty before anything was sent, and shows what arrived only when asked', async () => {
    expect((await outbox('list')).stdout).toBe('no message is on its way or was given up\n')
    await run('91')
    expect((await outbox('list')).stdout).toBe('no message is on its way or was given up\n')
    const { stdout } = await outbox('list', '--all')
    expect(stdout).toMatch(/^ID +STATE +RECEIVER +MESSAGE +QUEUED +TRIES\n[0-9a-f]{8} +DELIVERED +ops +RED web-1 cpu 91%/)
  })

  it('shows what waits, when it is tried next, and what the receiver said', async () => {
    await run('91', { CHANNEL: 'retryable' })
    const { stdout } = await outbox('list')
    expect(stdout).toMatch(/^ID +STATE +RECEIVER +MESSAGE +QUEUED +TRIES +NEXT +SAID\n[0-9a-f]{8} +QUEUED +ops +RED web-1 cpu 91%.* 1 +in \S+[sm] +503 busy\n$/)
    expect(await messages()).toMatchObject([{ status: 'queued', error: '503 busy', attempts: 1, receiver: 'ops', dueAt: expect.stringMatching(/Z$/) }])
  })

  it('sends again what was given up, and tells the end behind it', async () => {
    await run('91', { CHANNEL: 'permanent' })
    const [dead] = await messages()
    expect(dead).toMatchObject({ status: 'dead', error: '410 gone', dueAt: null })
    const { stdout, code } = await outbox('retry', dead?.id.slice(0, 8) ?? '')
    expect(stdout).toMatch(new RegExp(`^queued again ${dead?.id.slice(0, 8)}: ops: RED web-1 cpu 91%`))
    expect(code).toBe(0)
    await run('92')
    expect((await sent()).filter((line) => line.includes('web-1'))).toEqual([expect.stringMatching(/^RED web-1 cpu 91%/)])
    expect((await messages('--all')).find(({ id }) => id === dead?.id)).toMatchObject({ status: 'delivered', error: null, attempts: 2 })
  })

  it('gives up for good what is dropped', async () => {
    await run('91', { CHANNEL: 'retryable' })
    const [waiting] = await messages()
    expect((await outbox('drop', waiting?.id ?? '')).stdout).toMatch(/^dropped [0-9a-f]{8}: ops: RED web-1/)
    await run('92')
    expect((await sent()).filter((line) => line.includes('web-1'))).toEqual([])
    expect(await messages()).toEqual([])
  })

  it('names ids that fit nothing, too much, or what is done with, and does the rest', async () => {
    await run('91')
    const [arrived] = await messages('--all')
    const { code, stderr, stdout } = await outbox('drop', 'nothing-like-it', arrived?.id.slice(0, 4) ?? '', 'ab')
    expect(stderr).toMatch(/E600 no message has the id "nothing-like-it" · nothing-like-it · write at least 4 characters/)
    expect(stderr).toMatch(/E600 message [0-9a-f]{8} cannot be dropped: it is delivered/)
    expect(stderr).toMatch(/E600 no message has the id "ab"/)
    expect([code, stdout]).toEqual([2, ''])
    expect(envelope.parse(JSON.parse((await outbox('retry', 'nothing', '--json')).stdout))).toMatchObject({ command: 'outbox retry', ok: false, data: { messages: [] }, problems: [{ code: 'E600' }] })
  })
})
