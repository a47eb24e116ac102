import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogger, type LoggerOptions } from './create-logger.ts'
import { TocsinError } from '../errors.ts'
import { openLogFile } from './log-file.ts'
import { Secret } from '../secret.ts'
import { terminalLine } from './terminal-line.ts'
import { FakeClock } from '../testing/fake-clock.ts'

// Some tests start processes or write much, which a busy machine makes slow.
vi.setConfig({ testTimeout: 30_000 })

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-log-'))
})
afterEach(() => rm(folder, { recursive: true }))

const clock = new FakeClock('2026-01-05T12:00:00Z')
const recordsIn = async (file: string): Promise<unknown[]> => (await readFile(file, 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)
const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)

/** What a logger leaves in its file. */
async function logged(level: LoggerOptions['level'], use: (logger: ReturnType<typeof createLogger>) => void): Promise<unknown[]> {
  const file = join(folder, 'deep', 'er', 'tocsin.log')
  const logger = createLogger({ level, file, console: false, clock })
  use(logger)
  await logger.close()
  return recordsIn(file)
}

describe('the log file', () => {
  it('holds a JSON line for each message of the level and worse', async () => {
    const records = await logged('info', (logger) => {
      logger.debug({}, 'unheard')
      logger.info({ region: 'us-west-2' }, 'asked')
      logger.child({ collector: 'ec2' }).child({ region: 'x' }).error({ count: 2 }, 'failed')
    })
    expect(records).toEqual([
      { level: 'info', time: '2026-01-05T12:00:00.000Z', region: 'us-west-2', msg: 'asked' },
      { level: 'error', time: '2026-01-05T12:00:00.000Z', collector: 'ec2', region: 'x', count: 2, msg: 'failed' },
    ])
  })

  it('is for its owner alone, in a folder that is made', async () => {
    await logged('info', (logger) => logger.info({}, 'x'))
    expect([await mode(join(folder, 'deep', 'er', 'tocsin.log')), await mode(join(folder, 'deep', 'er')), await mode(join(folder, 'deep'))]).toEqual(['600', '700', '700'])
  })

  it('shows no secret', async () => {
    const hush = 'correct-horse'
    const records = await logged('debug', (logger) => {
      logger.warn({ webhook: new Secret(hush), deep: { list: [new Secret(hush)] } }, `sent with ${String(new Secret(hush))}`)
      logger.warn({ token: hush, headers: { authorization: hush, Authorization: hush }, request: { auth: { password: hush } } }, 'fields')
      logger.child({ secret: hush, apiKey: hush }).warn({}, 'bound')
      logger.warn({ url: `https://user:${hush}@example.com/a`, proxy: `http://${hush}@proxy:8080`, error: new Error(`smtp://me:${hush}@mail refused`, { cause: new Error(`at imap://me:${hush}@mail`) }) }, `amqp://me:${hush}@queue is away`)
    })
    expect(JSON.stringify(records)).not.toContain(hush)
    expect(records[1]).toMatchObject({ token: '[secret]', headers: { authorization: '[secret]' }, request: { auth: { password: '[secret]' } } })
    expect(records[3]).toMatchObject({ url: 'https://[secret]@example.com/a', msg: 'amqp://[secret]@queue is away' })
  })

  it('leaves addresses and paths as they are', async () => {
    const url = 'https://example.com/a?to=ops@example.com#x@y'
    expect(await logged('info', (logger) => logger.info({ url, mail: 'ops@example.com', at: 's3://bucket/key@1' }, url))).toMatchObject([{ url, mail: 'ops@example.com', at: 's3://bucket/key@1', msg: url }])
  })

  it('tells what, where and how to fix of an error, its stack only at debug, and nothing that an SDK hung on it', async () => {
    const error = new TocsinError('E201', 'access denied', { where: 'us-west-2', fix: 'ask', cause: Object.assign(new Error('403'), { $response: { headers: 'many' } }) })
    const plain = { code: 'E201', message: 'access denied', where: 'us-west-2', fix: 'ask', cause: '403' }
    expect(await logged('info', (logger) => logger.error({ error }, 'failed'))).toMatchObject([{ error: plain }])
    await rm(join(folder, 'deep'), { recursive: true })
    expect(await logged('debug', (logger) => logger.error({ err: error }, 'failed'))).toEqual([expect.objectContaining({ err: { ...plain, stack: expect.stringContaining('create-logger.test.ts') } })])
  })

  it('takes fields that JSON does not', async () => {
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    expect(await logged('info', (logger) => logger.info({ loop, big: 10n, never: undefined, text: 'a\nb' }, 'odd'))).toMatchObject([{ big: 10, text: 'a\nb', msg: 'odd' }])
  })

  it('is complete after a flush, and goes on after it', async () => {
    const file = join(folder, 'x.log')
    const logger = createLogger({ level: 'info', file, console: false, clock })
    for (let index = 0; index < 20_000; index++) logger.info({ index }, 'line')
    await logger.flush()
    expect((await recordsIn(file)).length).toBe(20_000)
    logger.info({}, 'more')
    await logger.close()
    await logger.close()
    expect((await recordsIn(file)).length).toBe(20_001)
  })

  it('is added to by the next process', async () => {
    const file = join(folder, 'x.log')
    await writeFile(file, '{"old":true}\n')
    const logger = createLogger({ level: 'info', file, console: false, clock })
    logger.info({}, 'new')
    await logger.close()
    expect(await recordsIn(file)).toMatchObject([{ old: true }, { msg: 'new' }])
  })

  it('is rotated at 10 MB, and five older ones are kept', async () => {
    const file = join(folder, 'x.log')
    const logger = createLogger({ level: 'info', file, console: false, clock })
    const filler = 'x'.repeat(1024 * 1024)
    for (let index = 0; index < 75; index++) {
      logger.info({ index, filler }, 'line')
      if (index % 10 === 0) await logger.flush()
    }
    await logger.close()
    expect((await readdir(folder)).sort()).toEqual(['x.log', 'x.log.1', 'x.log.2', 'x.log.3', 'x.log.4', 'x.log.5'])
    const indexes: unknown[] = []
    for (const name of ['x.log.5', 'x.log.4', 'x.log.3', 'x.log.2', 'x.log.1', 'x.log']) {
      const { size } = await stat(join(folder, name))
      expect(size).toBeLessThan(11.1 * 1024 * 1024)
      if (name !== 'x.log') expect(size).toBeGreaterThanOrEqual(10 * 1024 * 1024)
      expect(await mode(join(folder, name))).toBe('600')
      indexes.push(...(await recordsIn(join(folder, name))).map((record) => (record as { index: number }).index))
    }
    // Nothing is lost or twice from the oldest that is kept to the end.
    expect(indexes).toEqual(Array.from({ length: indexes.length }, (_, offset) => 75 - indexes.length + offset))
    expect(indexes.length).toBeGreaterThan(50)
  })

  it('is told of once while it cannot be written, and written again a minute after it can', async () => {
    const time = new FakeClock()
    const blocked = join(folder, 'blocked')
    await writeFile(blocked, 'a file where the folder should be')
    const told: string[] = []
    const log = openLogFile(join(blocked, 'x.log'), time, (reason) => told.push(reason))
    for (let minute = 0; minute < 5; minute++) {
      log.write('lost\n')
      await log.flush()
      await time.advance(60_000)
    }
    expect(told).toEqual([expect.stringMatching(/EEXIST|ENOTDIR/)])

    log.write('lost, and tried\n')
    await rm(blocked)
    await time.advance(59_999)
    log.write('too soon\n')
    await time.advance(1)
    log.write('found\n')
    await log.flush()
    expect(await readFile(join(blocked, 'x.log'), 'utf8')).toBe('found\n')

    await log.close()
    await rm(blocked, { recursive: true })
    log.write('closed\n')
    await expect(stat(blocked)).rejects.toThrow('ENOENT')
    expect(told).toHaveLength(1)
  })
})

describe('stderr', () => {
  const RUN = (use: string): string[] => ['--conditions=source', '--input-type=module', '--eval', `import { createLogger } from ${JSON.stringify(new URL('./create-logger.ts', import.meta.url).href)}\n${use}`]

  it('gets JSON where it is no terminal, and stdout gets nothing', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, RUN(`createLogger({ level: 'warn' }).warn({ a: 1 }, 'x')`))
    expect([stdout, JSON.parse(stderr)]).toEqual(['', expect.objectContaining({ level: 'warn', a: 1, msg: 'x' })])
  })

  it('gets nothing without a console but the news of a file that cannot be written', async () => {
    const file = join(folder, 'x.log')
    const quiet = await promisify(execFile)(process.execPath, RUN(`const l = createLogger({ level: 'warn', console: false, file: ${JSON.stringify(file)} }); l.warn({}, 'x'); await l.close()`))
    expect(quiet.stderr).toBe('')
    const { stderr } = await promisify(execFile)(process.execPath, RUN(`const l = createLogger({ level: 'warn', console: false, file: ${JSON.stringify(folder)} }); l.warn({}, 'x'); await l.flush(); l.warn({}, 'y'); await l.close()`))
    expect(stderr).toMatch(/^E502 the log file cannot be written: .* · .* · make room or give the permission: it is tried again every minute\n$/)
  })

  it('may go away without ending the process', async () => {
    const child = spawn(process.execPath, RUN(`const l = createLogger({ level: 'warn' }); process.stdin.on('end', () => { for (let i = 0; i < 1000; i++) l.warn({ i }, 'x'); console.log('alive') }).resume()`))
    child.stderr.destroy()
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stdin.end()
    expect(await once(child, 'close')).toEqual([0, null])
    expect(out).toBe('alive\n')
  })

  it('may be full without ending the process', async () => {
    const full = await open('/dev/full', 'w')
    const child = spawn(process.execPath, RUN(`const l = createLogger({ level: 'warn' }); l.warn({}, 'x'); l.warn({}, 'y'); await l.flush(); console.log('alive')`), { stdio: ['ignore', 'pipe', full.fd] })
    let out = ''
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
    const ended = await once(child, 'close')
    await full.close()
    expect([ended, out]).toEqual([[0, null], 'alive\n'])
  })

  it('gets every line when its reader is slow, also where it does not block', async () => {
    const child = spawn(process.execPath, RUN(`process.stderr.isTTY; const l = createLogger({ level: 'warn' }); for (let i = 0; i < 3000; i++) l.warn({ i, filler: 'x'.repeat(1000) }, 'x')`))
    await new Promise((resolve) => setTimeout(resolve, 300))
    let got = ''
    child.stderr.on('data', (chunk: Buffer) => (got += chunk.toString()))
    expect(await once(child, 'close')).toEqual([0, null])
    expect(got.trimEnd().split('\n').map((line) => (JSON.parse(line) as { i: number }).i)).toEqual(Array.from({ length: 3000 }, (_, index) => index))
  })

  it('gets words on a terminal, and no control character from outside', () => {
    const line = JSON.stringify({ level: 'warn', time: '2026-01-05T12:00:00.123Z', name: 'web-3', why: 'no answer', n: 2, deep: { a: 1 }, msg: 'host \u001b[31mred\u001b[0m\r\nE201 forged \u009b2J \u202eevil\u2066' })
    expect(terminalLine(line)).toBe(String.raw`2026-01-05 12:00:00Z WARN  host \u001b[31mred\u001b[0m\u000d\u000aE201 forged \u009b2J \u202eevil\u2066 · name=web-3 why="no answer" n=2 deep={"a":1}` + '\n')
    expect(terminalLine('{"level":"info","time":"2026-01-05T12:00:00.123Z"}')).toBe('2026-01-05 12:00:00Z INFO  \n')
  })
})
