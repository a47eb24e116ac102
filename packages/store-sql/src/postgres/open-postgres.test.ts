import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Postgres, startPostgres, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Client } from 'pg'
import type { Store } from '@tocsin/core'
import { aNotification } from '@tocsin/core/testing'
import { openPostgresStore, postgresPlace } from '../index.ts'

const put = (store: Store, id: string, version = 0) => store.transaction((tx) => tx.evaluators.put({ id, monitor: 'main', value: 1 }, version))
const ids = (store: Store) => store.transaction(async (tx) => (await tx.evaluators.list('main')).map(({ id }) => id))

it('shows no user, password or option of a URL', () => {
  expect(postgresPlace('postgres://me:hidden-word@db.internal:5433/tocsin?password=again')).toBe('postgres://db.internal:5433/tocsin')
  for (const wrong of ['mysql://me:hidden-word@db/tocsin', 'hidden-word']) {
    const said = (() => {
      try {
        return postgresPlace(wrong)
      } catch (error) {
        return error
      }
    })()
    expect(said).toMatchObject({ code: 'E501' })
    expect(JSON.stringify([String(said), said])).not.toContain('hidden-word')
  }
})

describe.skipIf(WITHOUT_POSTGRES)('with a server', () => {
  let postgres: Postgres
  let url: string
  beforeAll(async () => {
    postgres = await startPostgres()
  }, 120_000)
  beforeEach(async () => {
    url = await postgres.emptyDatabase()
  })
  afterAll(() => postgres?.stop(), 60_000)

  it('goes on after the server restarted, between two transactions and before one that waits for it', async () => {
    const store = await openPostgresStore(url)
    await put(store, 'a')
    await postgres.restart()
    await put(store, 'b')
    let waiting: Promise<unknown> = Promise.resolve()
    await postgres.restart(() => (waiting = put(store, 'c')))
    await waiting
    expect((await ids(store)).sort()).toEqual(['a', 'b', 'c'])
    await store.close()
  }, 60_000)

  it('is opened while the server starts, as after a boot of the machine', async () => {
    let opening: Promise<Store> | undefined
    await postgres.restart(() => void (opening = openPostgresStore(url)))
    const store = await opening
    expect(store && (await ids(store))).toEqual([])
    await store?.close()
  }, 60_000)

  it('keeps nothing of a transaction in the middle of which the server restarted, says so, and goes on', async () => {
    const store = await openPostgresStore(url)
    const broken = store.transaction(async (tx) => {
      await tx.evaluators.put({ id: 'lost', monitor: 'main', value: 1 }, 0)
      await tx.evaluators.list('main')
      await postgres.restart()
      await tx.evaluators.put({ id: 'lost too', monitor: 'main', value: 1 }, 0)
    })
    await expect(broken).rejects.toMatchObject({ code: 'E501', where: postgresPlace(url), message: expect.stringContaining('PostgreSQL cannot be reached') })
    await put(store, 'a')
    expect(await ids(store)).toEqual(['a'])
    await store.close()
  }, 60_000)

  it.each([
    ['committed', true],
    ['did not commit', false],
  ])('knows whether the server %s when its answer was lost', async (_what, arrives) => {
    const cut = await cutter(url)
    const store = await openPostgresStore(cut.url)
    await put(store, 'a')
    cut.atCommit(arrives ? 'after' : 'before')
    const writing = put(store, 'b')
    if (arrives) await writing
    else await expect(writing).rejects.toMatchObject({ code: 'E501' })
    // The version tells: what was written is not written again, and what was not can be.
    await put(store, 'b', arrives ? 1 : 0)
    expect((await ids(store)).sort()).toEqual(['a', 'b'])
    await store.close()
    await cut.close()
  })

  it('never gives one message to two processes that claim at the same time', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => openPostgresStore(url)))
    const [first] = stores as [Store]
    await first.transaction(async (tx) => {
      for (let index = 0; index < 200; index++) {
        const key = `k${index % 40}`
        await tx.outbox.enqueue({ id: `m${index}`, monitor: 'main', receiver: 'ops', key, notification: aNotification({ key }), queuedAt: 1 })
      }
    })
    const sent: string[] = []
    await Promise.all(
      stores.map(async (store) => {
        for (let idle = 0; idle < 3; ) {
          const rows = await store.transaction((tx) => tx.outbox.claim({ monitor: 'main', receiver: 'ops', now: 10, leaseUntil: 1_000, limit: 7 }))
          idle = rows.length === 0 ? idle + 1 : 0
          for (const { id, attempt } of rows) {
            sent.push(id)
            await store.transaction((tx) => tx.outbox.settle(id, attempt, { status: 'delivered', at: 20 }))
          }
        }
      }),
    )
    expect(sent.length).toBe(200)
    expect(new Set(sent).size).toBe(200)
    // Of each key in the order they were queued.
    for (let key = 0; key < 40; key++) {
      const own = sent.map((id) => Number(id.slice(1))).filter((index) => index % 40 === key)
      expect(own).toEqual(own.toSorted((a, b) => a - b))
    }
    await Promise.all(stores.map((store) => store.close()))
  }, 60_000)

  it('lets nobody take a lease over in the middle of a transaction of its holder', async () => {
    const [mine, theirs] = [await openPostgresStore(url), await openPostgresStore(url)]
    const acquire = (store: Store, owner: string, over?: number) => store.transaction((tx) => tx.leases.acquire({ name: 'l', owner, now: 0, until: 1, ...(over === undefined ? {} : { over }) }))
    await acquire(mine, 'me')
    let fence: number | undefined
    let taking: Promise<unknown> = Promise.resolve()
    await mine.transaction(async (tx) => {
      expect(await tx.leases.confirm('l', 'me')).toBe(true)
      taking = acquire(theirs, 'they', 1).then((taken) => (fence = taken))
      await wait(500)
      expect(fence).toBeUndefined()
    })
    await taking
    expect(fence).toBe(2)
    expect(await mine.transaction((tx) => tx.leases.confirm('l', 'me'))).toBe(false)
    await Promise.all([mine.close(), theirs.close()])
  }, 60_000)

  it('lets many processes make the tables at once', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresStore(url)))
    await Promise.all(stores.map((store, index) => put(store, String(index))))
    expect((await ids(stores[0] as Store)).length).toBe(5)
    await Promise.all(stores.map((store) => store.close()))
  }, 60_000)

  it('refuses tables that a newer version made', async () => {
    await (await openPostgresStore(url)).close()
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(`insert into kysely_migration values ('9999-later', '2999-01-01T00:00:00Z')`)
    await client.end()
    await expect(openPostgresStore(url)).rejects.toMatchObject({ code: 'E504', message: expect.stringContaining('9999-later') })
  })

  it('names a server that refuses or is not there, and never the password', async () => {
    const wrong = url.replace(/:[^:@]+@/, ':hidden-word@')
    const refused = await openPostgresStore(wrong).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'E501', where: postgresPlace(url), permanent: true, message: expect.stringContaining('refused access') })
    expect(JSON.stringify([String(refused), String((refused as Error).cause), refused])).not.toContain('hidden-word')
    const missing = await openPostgresStore(url.replace(/[^/]+$/, 'nowhere')).catch((error: unknown) => error)
    expect(String(missing)).toMatch(/^E501 PostgreSQL refused: database "nowhere" does not exist \(3D000\) · postgres:\/\/127\.0\.0\.1:\d+\/nowhere · /)
  })
})

/** A way to the server that breaks at the next commit, before or after the server has read it. */
async function cutter(url: string): Promise<{ readonly url: string; atCommit(when: 'before' | 'after'): void; close(): Promise<void> }> {
  const target = new URL(url)
  let cut: 'before' | 'after' | undefined
  const open = new Set<Socket>()
  const server: Server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
    let silent = false
    client.on('data', (chunk) => {
      if (cut !== undefined && chunk.toString('latin1').includes('commit')) {
        const when = cut
        cut = undefined
        if (when === 'before') return void client.destroy()
        silent = true
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => (silent ? client.destroy() : client.write(chunk)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const there = new URL(url)
  there.port = String(typeof address === 'object' ? address?.port : '')
  return {
    url: there.href,
    atCommit: (when) => void (cut = when),
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
