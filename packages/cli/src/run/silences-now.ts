import { type Labels, type ListedSilence, listSilences, type Store } from '@tocsin/core'

/**
 * The silences that hide alerts at this moment: ask for the moment once and then for each alert.
 *
 * @returns takes the labels of an alert, its `level` among them.
 */
export async function silencesNow(store: Store, monitor: string, now: number): Promise<(labels: Labels) => Promise<readonly ListedSilence['silence'][]>> {
  const holding = await listSilences(store, monitor, { states: ['active'] }, now)
  if (holding.length === 0) return async () => []
  return async (labels) => (await listSilences(store, monitor, { states: ['active'], labels }, now)).map(({ silence }) => silence)
}
