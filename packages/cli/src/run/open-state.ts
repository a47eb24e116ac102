import type { LoadedMonitor, Monitor, Store } from '@tocsin/core'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import { statePlace } from './state-path.ts'

/** What a monitor keeps between runs, opened. */
export interface State {
  readonly store: Store
  /** Where it is kept, as it may be shown. */
  readonly path: string
}

export interface OpenStateOptions {
  /** Nothing is written, and a place where nothing is stays so. */
  readonly readOnly: boolean
}

/**
 * Opens what a monitor keeps between runs. The one place that knows how it is kept.
 *
 * @param file the configuration, absolute.
 * @throws TocsinError E501 when it cannot be opened, E504 when a newer version wrote it, E505 when it is damaged.
 */
export async function openState(monitor: Pick<Monitor, 'name' | 'state'> & Partial<Pick<Monitor, 'history'>>, file: string, env: NodeJS.ProcessEnv, { readOnly }: OpenStateOptions): Promise<State> {
  const place = statePlace(monitor, file, env)
  return { store: await place.open({ readOnly }), path: place.shown }
}

/** A monitor with its state, at the moment of the call. */
export interface Scene extends LoadedMonitor, State {
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * Does something with the state of the configured monitor, and closes it. Commands and runs meet in this store and nowhere else: a run reads
 * what people said in the transaction in which it decides.
 */
export async function withState<T>(invocation: Invocation, options: OpenStateOptions, work: (scene: Scene) => Promise<T>): Promise<T> {
  const { shell } = invocation
  const { monitor, file } = await loadConfigured(invocation)
  const state = await openState(monitor, file, shell.env, options)
  try {
    return await work({ monitor, file, ...state, now: shell.now() })
  } finally {
    await state.store.close()
  }
}
