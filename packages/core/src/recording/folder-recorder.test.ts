import { execFile, spawn } from 'node:child_process'
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TocsinError } from '../errors.ts'
import type { RecordContext } from '../plugin/recorder.ts'
import { aRecording, aSample } from '../testing/builders.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { recordContext } from '../testing/services.ts'
import type { StoredDocument } from './deliver-pending.ts'
import { listDocuments } from './document-folder.ts'
import { folderRecorder } from './folder-recorder.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let home: string
let folder: string
let clock: FakeClock
/** What has arrived, in the order in which it did, repeats included. */
let arrived: string[]
let down: TocsinError | undefined
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tocsin-'))
  folder = join(home, 'records')
  clock = new FakeClock('2026-01-05T12:01:00Z')
  arrived = []
  down = undefined
})
afterEach(() => rm(home, { recursive: true }))

const local = (keep = 7 * DAY) => folderRecorder({ folder, host: 'web-1', keep, claim: (monitor) => `json ${monitor}` })
const uploader = ({ to = 'bucket', concurrent = 1, send = async (): Promise<void> => {} } = {}) =>
  folderRecorder<StoredDocument>({
    folder,
    host: 'web-1',
    keep: HOUR,
    claim: () => to,
    delivery: {
      keepPending: 30 * DAY,
      destination: {
        concurrent,
        prepare: (document) => document,
        async send(document) {
          if (down) throw down
          arrived.push(`${document.day} ${document.time} ${document.monitor}`)
          await send()
        },
      },
    },
  })
const context = (over: Partial<RecordContext> = {}) => recordContext({ clock, ...over })
/** Each by a recorder of its own, as after a restart. */
const record = (recorder = uploader(), monitor = 'main', over: Partial<RecordContext> = {}) => recorder.record(aRecording({ monitor, at: clock.now() }), context(over))
const outage = new TocsinError('E205', 'no answer', { where: 'bucket', fix: 'wait' })
const files = async () => (await listDocuments(folder)).map(({ day, time, monitor }) => `${day} ${time} ${monitor}`)

/** A program of its own that a test can limit and kill. */
async function program(body: string): Promise<string> {
  const path = join(home, 'program.ts')
  const from = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href)
  const imports = [`import { aRecording, aSample } from ${from('../testing/builders.ts')}`, `import { FakeClock } from ${from('../testing/fake-clock.ts')}`, `import { recordContext } from ${from('../testing/services.ts')}`, `import { folderRecorder } from ${from('folder-recorder.ts')}`]
  await writeFile(path, [...imports, body].join('\n'))
  return path
}

describe('a document', () => {
  it('is there as a whole, for its owner only, under its day', async () => {
    await record(local())
    const [name] = await readdir(join(folder, '2026-01-05'))
    expect(name).toMatch(/^120100\.000Z_main_web-1_[\da-f]{8}\.json$/)
    const path = join(folder, '2026-01-05', name ?? '')
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ format: 1, host: 'web-1', samples: [{ value: 91 }] })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect((await stat(join(folder, '2026-01-05'))).mode & 0o777).toBe(0o700)
  })

  it('is one for all the recorders of a folder', async () => {
    await Promise.all([record(local()), record(), record(uploader({ to: 'table' }))])
    expect(await files()).toEqual(['2026-01-05 120100.000Z main'])
    expect(arrived).toHaveLength(2)
  })

  it('goes to the day it was recorded on, and the clock may jump', async () => {
    for (const time of ['2026-01-05T23:59:59.999Z', '2026-01-06T00:00:00Z', '2026-01-05T23:58:00Z', '2026-01-06T00:01:00Z']) {
      clock.set(Date.parse(time))
      await record()
    }
    expect(await files()).toEqual(['2026-01-05 235800.000Z main', '2026-01-05 235959.999Z main', '2026-01-06 000000.000Z main', '2026-01-06 000100.000Z main'])
    expect(arrived.toSorted()).toEqual(await files())
  })
})

describe('delivery', () => {
  it('takes up after an outage what is in the folder, the oldest first, each once', async () => {
    down = outage
    for (let minute = 0; minute < 90; minute++) {
      await expect(record(uploader(), minute % 2 === 0 ? 'main' : 'other')).rejects.toBe(outage)
      clock.set(clock.now() + MINUTE)
    }
    down = undefined
    await record()
    expect(arrived).toHaveLength(91)
    expect(arrived).toEqual(arrived.toSorted())
    await record()
    expect(arrived).toHaveLength(91)
  })

  it('begins with what was there before it', async () => {
    for (let minute = 0; minute < 3; minute++) {
      await record(local())
      clock.set(clock.now() + MINUTE)
    }
    await record()
    expect(arrived).toHaveLength(4)
  })

  it('stops at the first failure, and does not lose its place', async () => {
    down = outage
    for (let minute = 0; minute < 5; minute++) {
      await record().catch(() => {})
      clock.set(clock.now() + MINUTE)
    }
    down = undefined
    const breaks = uploader({
      async send() {
        if (arrived.length === 3) throw outage
      },
    })
    await expect(record(breaks)).rejects.toBe(outage)
    expect(arrived).toHaveLength(3)
    await record()
    // The third had arrived, and nobody could know: it comes once more.
    expect(arrived.map((one) => one.split(' ')[1])).toEqual(['120100.000Z', '120200.000Z', '120300.000Z', '120300.000Z', '120400.000Z', '120500.000Z', '120600.000Z'])
  })

  it('begins nothing after half its time, and goes on the next time', async () => {
    down = outage
    for (let minute = 0; minute < 5; minute++) {
      await record().catch(() => {})
      clock.set(clock.now() + MINUTE)
    }
    down = undefined
    const slow = () => uploader({ send: async () => clock.set(clock.now() + 6_000) })
    await record(slow())
    expect(arrived).toHaveLength(3)
    await record(slow())
    expect(arrived).toHaveLength(6)
  })

  it('has no more under way than the destination takes', async () => {
    down = outage
    for (let minute = 0; minute < 10; minute++) {
      await record().catch(() => {})
      clock.set(clock.now() + MINUTE)
    }
    down = undefined
    let now = 0
    let most = 0
    const four = Promise.withResolvers<void>()
    const send = async (): Promise<void> => {
      most = Math.max(most, ++now)
      if (now === 4) four.resolve()
      await four.promise
      await new Promise((resolve) => setImmediate(resolve))
      now -= 1
    }
    await record(uploader({ concurrent: 4, send }))
    expect(most).toBe(4)
    expect(new Set(arrived).size).toBe(11)
  })

  it('begins nothing once its signal is aborted, and keeps the document all the same', async () => {
    await record(uploader(), 'main', { signal: AbortSignal.abort() })
    expect(arrived).toEqual([])
    await record()
    expect(arrived).toHaveLength(1)
  })

  it('repeats what it could not remember, and nothing else', async () => {
    await record()
    clock.set(clock.now() + MINUTE)
    await record()
    const [claim = ''] = await readdir(join(folder, '.claims'))
    const log = join(folder, '.claims', claim, '2026-01-05.taken')
    // The power went while the second line was written.
    await writeFile(log, (await readFile(log, 'utf8')).slice(0, -9))
    clock.set(clock.now() + MINUTE)
    await record()
    await record()
    expect(arrived.map((one) => one.split(' ')[1])).toEqual(['120100.000Z', '120200.000Z', '120200.000Z', '120300.000Z'])
  })

  it('is not held up by a document that somebody has changed, and says so', async () => {
    down = outage
    await record().catch(() => {})
    const [name = ''] = await readdir(join(folder, '2026-01-05'))
    await appendFile(join(folder, '2026-01-05', name), ' ')
    down = undefined
    clock.set(clock.now() + MINUTE)
    const changed = { code: 'E700', where: join(folder, '2026-01-05', name), message: 'the document is not as it was written' }
    await expect(record()).rejects.toMatchObject(changed)
    expect(arrived).toEqual(['2026-01-05 120200.000Z main'])
    await rename(join(folder, '2026-01-05', name), join(home, name))
    await record()
  })

  it('goes on for the newest when the folder cannot be written, and says so', async () => {
    await writeFile(folder, '')
    await expect(record()).rejects.toMatchObject({ code: 'E700', where: folder, permanent: true, fix: 'check the path, its permissions and the free space' })
    expect(arrived).toEqual(['2026-01-05 120100.000Z main'])
  })

  it('sends at most one document again and again while it cannot remember', async () => {
    down = outage
    for (let minute = 0; minute < 5; minute++) {
      await record().catch(() => {})
      clock.set(clock.now() + MINUTE)
    }
    down = undefined
    const [claim = ''] = await readdir(join(folder, '.claims'))
    await mkdir(join(folder, '.claims', claim, '2026-01-05.taken'))
    await expect(record()).rejects.toMatchObject({ code: 'E700' })
    await rm(join(folder, '.claims', claim, '2026-01-05.taken'), { recursive: true })
    expect(arrived.length).toBeLessThanOrEqual(1)
  })
})

it('says which failure lasts, and logs the others', async () => {
  await writeFile(folder, '')
  down = outage
  const warned: string[] = []
  const { logger } = context()
  await expect(record(uploader(), 'main', { logger: { ...logger, warn: (_fields, message) => void warned.push(message) } })).rejects.toMatchObject({ code: 'E700', permanent: true })
  expect(warned).toContain('no answer')
})

it('leaves no half document where there is no room, delivers the newest all the same, and stores the next', async () => {
  const script = await program(`
    import { TocsinError } from ${JSON.stringify(new URL('../errors.ts', import.meta.url).href)}
    const [, , folder, denied] = process.argv
    const recording = aRecording({ samples: Array.from({ length: 1_000 }, (_, value) => aSample({ value })) })
    const send = async ({ content }) => {
      if (denied) throw new TocsinError('E201', 'access denied', { fix: 'allow it', permanent: true })
      console.log('sent', content.length > 100_000)
    }
    const recorder = folderRecorder({ folder, host: 'web-1', keep: 60_000, claim: () => 'bucket', delivery: { keepPending: 60_000, destination: { concurrent: 1, prepare: (document) => document, send } } })
    await recorder.record(recording, recordContext({ clock: new FakeClock(recording.at) })).then(() => console.log('kept'), (error) => console.log(String(error)))
  `)
  // The kernel ends a file there, in the middle of a write, as a full disk does.
  const once = async (limit: string, denied = '') => (await promisify(execFile)('sh', ['-c', `ulimit -f ${limit}; exec "$@"`, 'sh', process.execPath, '--conditions=source', script, folder, denied])).stdout
  expect(await once('8')).toMatch(/^sent true\nE700 EFBIG: file too large/)
  expect(await readdir(join(folder, '2026-01-05'))).toEqual([])
  await rm(join(folder, '.claims'), { recursive: true })
  // What lasts is told before what may pass.
  expect(await once('8', 'denied')).toMatch(/^E201 access denied/)
  expect(await once('unlimited')).toBe('sent true\nkept\n')
  expect(await files()).toHaveLength(1)
}, 30_000)

it('loses nothing when it is killed at any moment, and repeats no more than what was under way', async () => {
  const script = await program(`
    import { appendFileSync } from 'node:fs'
    const [, , folder, log, start] = process.argv
    const send = async ({ file }) => appendFileSync(log, file + '\\n')
    const recorder = folderRecorder({ folder, host: 'web-1', keep: 3_600_000, claim: () => 'log', delivery: { keepPending: 3_600_000, destination: { concurrent: 1, prepare: (document) => document, send } } })
    for (let at = Number(start); ; at += 10) {
      const recording = aRecording({ at })
      await recorder.record(recording, recordContext({ clock: new FakeClock(at) }))
      console.log(new Date(at).toISOString())
    }
  `)
  const log = join(home, 'log')
  const kept: string[] = []
  const kills = 6
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, ['--conditions=source', script, folder, log, String(clock.now() + kill * 100_000)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const before = kept.length
    for await (const line of createInterface({ input: child.stdout })) {
      kept.push(line)
      // Between two of its answers, a little further each time.
      if (kept.length - before === 20) setTimeout(() => child.kill('SIGKILL'), kill)
    }
  }
  clock.set(clock.now() + kills * 100_000)
  await uploader({ to: 'other' }).record(aRecording({ at: clock.now() }), context())
  // Nothing that was said to be kept is missing, and all that is there is whole: the recorder would throw.
  const times = arrived.map((one) => one.replace(/^(\S+) (\d\d)(\d\d)(\S+) main$/, '$1T$2:$3:$4'))
  expect(kept.length).toBeGreaterThanOrEqual(kills * 20)
  expect(kept.filter((time) => !times.includes(time))).toEqual([])
  const sent = (await readFile(log, 'utf8')).trimEnd().split('\n')
  const names = (await listDocuments(folder)).map(({ file }) => file).slice(0, -1)
  // The last one killed may not have been sent by anybody.
  expect(names.filter((file) => !sent.includes(file)).length).toBeLessThanOrEqual(1)
  expect(sent.length - new Set(sent).size).toBeLessThanOrEqual(kills)
}, 60_000)

it('says of a folder that nobody may write to that it is so', async () => {
  folder = '/sys/tocsin-records'
  await expect(record(local())).rejects.toMatchObject({ code: 'E700', where: folder, permanent: true })
  folder = join(home, 'records')
})

it('says of a folder that leads nowhere that it does', async () => {
  await symlink(join(home, 'nowhere', 'records'), folder)
  await expect(record(local())).rejects.toMatchObject({ code: 'E700', where: folder })
})

it('does not make the folder of others more open or less', async () => {
  await mkdir(folder)
  await chmod(folder, 0o755)
  await record(local())
  expect((await stat(folder)).mode & 0o777).toBe(0o755)
})

it('keeps samples of every kind in one document', async () => {
  const samples = Array.from({ length: 1_000 }, (_, value) => aSample({ value }))
  await local().record(aRecording({ samples }), context())
  expect(await files()).toHaveLength(1)
})
