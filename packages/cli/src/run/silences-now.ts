import { openSilence, silencesAt, type Store } from '@tocsin/core'

/** The silences that hide alerts at this moment: ask for the moment once and then for the labels of each alert, its `level` among them. */
export async function silencesNow(store: Store, monitor: string, now: number): Promise<ReturnType<typeof silencesAt>> {
  const kept = await store.transaction((tx) => tx.silences.list(monitor))
  return silencesAt(kept.map(({ value }) => openSilence(value)), now)
}
