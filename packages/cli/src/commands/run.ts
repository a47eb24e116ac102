import type { LoadedMonitor } from '@tocsin/core'
import { z } from 'zod'
import { checkEnvironment } from '../environment.ts'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import type { Outcome } from '../outcome.ts'
import { checkOnly, withInterval } from '../run/choose.ts'
import { openState } from '../run/open-state.ts'
import { runContinuous } from '../run/run-continuous.ts'
import { runSingle } from '../run/run-single.ts'
import { watchConfiguration } from '../run/watch-configuration.ts'
import { usageError } from '../usage-error.ts'

const runOptions = z.object({
  continuous: z.boolean().default(false),
  interval: z.string().optional(),
  region: z.string().optional(),
  standby: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  only: z.array(z.string()).optional(),
  exitCode: z.boolean().default(false),
})

/** `tocsin run`: watches, and tells who must know. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const { shell } = invocation
  const options = runOptions.parse(invocation.options)
  if (options.interval !== undefined && !options.continuous) throw usageError('--interval without --continuous', 'a single pass has no interval: add --continuous, or leave --interval out', 'tocsin run')
  if (options.standby && !options.continuous) throw usageError('--standby without --continuous', 'a single pass waits for nobody: add --continuous, or leave --standby out', 'tocsin run')
  if (options.exitCode && options.continuous) throw usageError('--exit-code with --continuous', 'only a single pass ends with what it found: leave one of them out', 'tocsin run')

  const load = async (): Promise<LoadedMonitor> => {
    const { monitor: configured, file } = await loadConfigured(invocation, { regions: options.region?.split(',') })
    const monitor = withInterval(configured, options.interval)
    if (options.only !== undefined) checkOnly(monitor, options.only)
    // A dry run tells nobody, so it needs nothing to tell with.
    if (!options.dryRun) checkEnvironment(monitor)
    return { monitor, file }
  }
  const { monitor, file } = await load()
  const { store, path: stateFile } = await openState(monitor, file, shell.env, { readOnly: options.dryRun })
  try {
    const job = { monitor, store, stateFile, invocation, dryRun: options.dryRun, standby: options.standby, ...(options.only === undefined ? {} : { only: options.only }) }
    if (!options.continuous) return await runSingle(job, options.exitCode)
    const reloads = await watchConfiguration(file, async () => (await load()).monitor, (listener) => shell.onReload(listener))
    try {
      return await runContinuous({ ...job, reloads })
    } finally {
      reloads.close()
    }
  } finally {
    await store.close()
  }
}
