import { type LoadedMonitor, type Monitor, openStateFile, type Store } from '@tocsin/core'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import { statePath } from './state-path.ts'

/** What a monitor keeps between runs, opened. */
export interface State {
  readonly store: Store
  /** Where it is kept. */
  readonly path: string
}

export interface OpenStateOptions {
  /** Nothing is written, and a process that runs the monitor does not stand in the way. */
  readonly readOnly: boolean
}

/**
 * Opens what a monitor keeps between runs. The one place that knows how it is kept.
 *
 * @param file the configuration, absolute.
 * @throws TocsinError E501 when it cannot be opened.
 */
export async function openState(monitor: Pick<Monitor, 'name' | 'state'>, file: string, env: NodeJS.ProcessEnv, { readOnly }: OpenStateOptions): Promise<State> {
  const path = statePath(monitor, file, env)
  return { store: await openStateFile(path, { readOnly }), path }
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
