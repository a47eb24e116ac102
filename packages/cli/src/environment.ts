import { ConfigError, type Monitor } from '@tocsin/core'

/**
 * Asks channels, all of them or those named, and with all of them the reports, whether they have what they need on this machine. Offline.
 *
 * @throws ConfigError with everything that is missing, at once.
 */
export function checkEnvironment({ notify, reports }: Monitor, only: readonly string[] = []): void {
  const asked = Object.entries(notify).filter(([name]) => only.length === 0 || only.includes(name))
  const problems = asked.flatMap(([name, channel]) => channel.check().map((error) => error.at(`notify.${name}`)))
  if (only.length === 0) problems.push(...Object.entries(reports).flatMap(([name, report]) => report.check().map((error) => error.at(`reports.${name}`))))
  if (problems.length > 0) throw new ConfigError(problems)
}
