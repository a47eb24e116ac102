import type { Monitor } from '../config/monitor.ts'
import { openMutes } from '../routing/open-mutes.ts'
import { compileRoutes, hasSteps } from '../routing/route-tree.ts'
import { openSilence, type OpenSilence, type Silence } from '../routing/silence.ts'
import { tell, type TellInput, type Telling } from '../routing/tell.ts'
import { openZones } from '../routing/zoned-time.ts'

/** The routing of one monitor, made ready once: patterns compiled, zones open. */
export interface Teller {
  tell(input: Pick<TellInput, 'silences' | 'handling' | 'now' | 'alerts' | 'entries' | 'watched'> & { readonly final: boolean }): Telling
  /** Makes a silence ready to be asked; its patterns are compiled once for each version. */
  open(silence: Silence): OpenSilence
}

/** So many versions of silences are kept ready; then all are made anew. */
const MOST_OPEN = 10_000

export function openTeller(monitor: Monitor): Teller {
  const { name, groupBy, groupWait, groupInterval, repeatInterval, steps, timeZone, resolveThroughMute } = monitor
  const zones = openZones()
  const settings = {
    monitor: name,
    climbs: steps.length > 0 || hasSteps(monitor.route),
    match: compileRoutes(monitor.route, { groupBy, groupWait, groupInterval, repeatInterval, steps }),
    mutes: openMutes(monitor, zones),
    sendResolved: Object.fromEntries(Object.entries(monitor.notify).map(([receiver, channel]) => [receiver, channel.sendResolved])),
    resolveThroughMute,
    repeatLate: monitor.compat === 'alertmanager',
    timeZone,
  }
  const known = new Map<string, OpenSilence>()
  return {
    tell: (input) => tell({ ...settings, ...input }),
    open(silence) {
      const key = `${silence.id} ${silence.version}`
      const found = known.get(key)
      if (found !== undefined) return found
      if (known.size >= MOST_OPEN) known.clear()
      const made = openSilence(silence, zones)
      known.set(key, made)
      return made
    },
  }
}
