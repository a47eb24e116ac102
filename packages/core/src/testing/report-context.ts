import type { Monitor } from '../config/monitor.ts'
import type { ReportContext } from '../plugin/report.ts'
import { reportContext as contextOf } from '../runner/letters.ts'
import type { Store } from '../store/store.ts'
import { testServices } from './services.ts'

/** A context for `compose`: what a store kept of a monitor. */
export function reportContext(monitor: Monitor, store: Store, over: Partial<ReportContext> = {}): ReportContext {
  return { ...contextOf(monitor, store, testServices(over.clock), { signal: AbortSignal.timeout(60_000), timeZone: monitor.timeZone }), ...over }
}
