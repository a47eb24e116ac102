import { listSilences, memoryStore, type Monitor } from '@tocsin/core'

/** The mute windows that hold at this moment, by name. A silence that comes again at the times of a window holds exactly when the window does. */
export async function windowsNow(windows: Monitor['muteWindows'], now: number): Promise<ReadonlySet<string>> {
  const store = memoryStore()
  await store.transaction(async ({ silences }) => {
    for (const [name, { intervals }] of new Map(windows.map((window) => [window.name, window]))) {
      await silences.put({ id: name, monitor: '', value: { id: name, matcherSets: [], startsAt: 0, recurring: intervals, createdBy: '', comment: '', version: 1 } }, 0)
    }
  })
  const holding = await listSilences(store, '', { states: ['active'] }, now)
  return new Set(holding.map(({ silence }) => silence.id))
}
