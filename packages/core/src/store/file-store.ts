import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { asTocsinError, TocsinError } from '../errors.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Transition } from '../model/transition.ts'
import type { Handling } from '../routing/handling.ts'
import type { Silence } from '../routing/silence.ts'
import { lockFile } from './file-lock.ts'
import { emptyContent, memoryStore, type StoreContent } from './memory-store.ts'
import type { OutboxRow } from './outbox.ts'
import { parse, stringify } from '../plain-json.ts'
import type { Progress, Store, Stored } from './store.ts'

const FORMAT = 1
const stored = z.custom<Stored<never>>((value) => typeof value === 'object' && value !== null && 'id' in value && 'version' in value)
const fileSchema = z.object({
  tocsin: z.literal(FORMAT),
  alerts: z.array(stored),
  groups: z.array(stored),
  evaluators: z.array(stored),
  silences: z.array(stored).default([]),
  handling: z.array(stored).default([]),
  progress: z.array(stored).default([]),
  events: z.array(z.custom<Transition>()),
  outbox: z.array(z.custom<OutboxRow>()),
  leases: z.array(z.tuple([z.string(), z.object({ owner: z.string(), until: z.number(), fence: z.number() })])),
})

/**
 * A memory store that is written to one JSON file after every transaction: made beside it, synced and renamed into place, so the file
 * is always whole. It suits one process and some thousand alerts.
 *
 * @throws TocsinError E501 when the file cannot be read or written, or another process writes it.
 */
export async function openStateFile(path: string, options: { readonly readOnly?: boolean } = {}): Promise<Store> {
  if (options.readOnly) return memoryStore(await read(path), () => Promise.reject(new TocsinError('E501', 'the state was opened for reading only', { where: path, fix: 'this is a mistake in the program' })))
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error: unknown) => refuse(error, path))
  const unlock = await lockFile(path).catch((error: unknown) => refuse(error, path))
  try {
    const content = await read(path)
    const store = memoryStore(content, () => write(path, content))
    return {
      transaction: (work) => store.transaction(work),
      async close() {
        await store.close()
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

async function read(path: string): Promise<StoreContent> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => (isMissing(error) ? undefined : refuse(error, path)))
  if (text === undefined) return emptyContent()
  try {
    const file = fileSchema.parse(parse(text))
    return {
      alerts: byId<AlertRecord>(file.alerts),
      groups: byId<GroupEntry>(file.groups),
      evaluators: byId<unknown>(file.evaluators),
      silences: byId<Silence>(file.silences),
      handling: byId<Handling>(file.handling),
      progress: byId<Progress>(file.progress),
      events: file.events,
      outbox: new Map(file.outbox.map((row) => [row.id, row])),
      leases: new Map(file.leases),
    }
  } catch (cause) {
    throw new TocsinError('E501', 'the state file cannot be understood', { where: path, fix: `move it away to start afresh: mv "${path}" "${path}.broken"`, cause })
  }
}

const byId = <T>(rows: readonly Stored<never>[]): Map<string, Stored<T>> => new Map((rows as readonly Stored<T>[]).map((row) => [row.id, row]))

async function write(path: string, content: StoreContent): Promise<void> {
  const text = stringify({
    tocsin: FORMAT,
    alerts: [...content.alerts.values()],
    groups: [...content.groups.values()],
    evaluators: [...content.evaluators.values()],
    silences: [...content.silences.values()],
    handling: [...content.handling.values()],
    progress: [...content.progress.values()],
    events: content.events,
    outbox: [...content.outbox.values()],
    leases: [...content.leases],
  })
  const draft = `${path}.draft`
  try {
    const file = await open(draft, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    refuse(error, path)
  }
}

function refuse(error: unknown, path: string): never {
  throw asTocsinError(error, 'E501', { where: path, fix: 'check the path, its permissions and the free space' })
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
