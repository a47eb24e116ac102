import { stringify } from 'yaml'
import { ConfigError } from '../errors.ts'
import { checkGlobal } from './alertmanager-checks.ts'
import { reasonNotCarried } from './alertmanager-integrations.ts'
import type { NotifyEntry } from './alertmanager-notifiers.ts'
import { readReceivers } from './alertmanager-receivers.ts'
import { type InhibitInput, noteLabels, readInhibitRules, readRoot } from './alertmanager-routes.ts'
import { type Difference, openSource } from './alertmanager-source.ts'
import { readWindows, type WindowInput } from './alertmanager-windows.ts'
import type { RouteInput } from './route-node.ts'

export type { Difference } from './alertmanager-source.ts'

/** What a monitor's declaration takes. A `${` in a text is written `$${`, as declarations need it; files with secrets are `${file:...}`. */
export interface AlertmanagerDeclaration {
  /** Silences as Alertmanager does: no ends through a mute, its rule for repeats, no windows past midnight. */
  readonly compat: 'alertmanager'
  /** Empty: Alertmanager is told what fires, it watches nothing. */
  readonly watch: readonly never[]
  readonly route: RouteInput
  readonly muteWindows?: readonly WindowInput[]
  readonly inhibit?: readonly InhibitInput[]
  /** May hold secrets, where the file does. */
  readonly notify: Readonly<Record<string, NotifyEntry>>
}

export interface AlertmanagerImport {
  readonly declaration: AlertmanagerDeclaration
  /** Everything that is not carried over, or means something else here, by line. */
  readonly differences: readonly Difference[]
}

/**
 * Reads an `alertmanager.yml`: routes, receivers, time intervals and inhibit rules. What cannot be carried over is listed, unknown keys, too.
 *
 * @param file the name that positions are shown with. Default `alertmanager.yml`.
 * @throws ConfigError with the places of everything that Alertmanager itself would refuse, at once, and of the location `Local`, which means the
 *   zone of a machine that is not this one.
 */
export function fromAlertmanager(yaml: string, file = 'alertmanager.yml'): AlertmanagerImport {
  const source = openSource(yaml, file)
  const { root } = source
  const global = root.at('global')
  // All that is in there is looked at one by one.
  global.entries()
  checkGlobal(global)
  const { notify, notifiersOf } = readReceivers(root.at('receivers'), global)
  const { windows: muteWindows, names } = readWindows(root)
  const context = { notifiersOf, windows: names, note: noteLabels() }
  const route = readRoot(root.at('route'), context)
  const inhibit = readInhibitRules(root.at('inhibit_rules'), context)
  const problems = source.problems()
  if (route === undefined || problems.length > 0) throw new ConfigError(problems)
  return {
    declaration: {
      compat: 'alertmanager',
      watch: [],
      route,
      ...(muteWindows.length > 0 && { muteWindows }),
      ...(inhibit.length > 0 && { inhibit }),
      notify,
    },
    differences: source.differences(reasonNotCarried),
  }
}

/** The monitor as YAML. It holds the secrets that the declaration holds: it is for a file, not for a log. */
export function printMonitor(declaration: object): string {
  return stringify(declaration, { lineWidth: 0, aliasDuplicateObjects: false })
}
