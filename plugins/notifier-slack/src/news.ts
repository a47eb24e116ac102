import { composeMessage, type Level, type Notification, rank } from '@tocsin/core'

/** True when all that the notification is about has ended, for this receiver at least. */
const hasEnded = ({ alerts }: Notification): boolean => alerts.every(({ resolvedAt }) => resolvedAt !== undefined)

/** The level a reference remembers. */
export const levelNow = (notification: Notification): Level => (hasEnded(notification) ? 'none' : notification.level)

/**
 * Whether somebody should be called: it is worse than what was told, or a reminder that nobody has acted on.
 *
 * @param told the level the receiver was told last; `none` when this is a new message.
 */
export function isLoud(notification: Notification, told: Level): boolean {
  const level = levelNow(notification)
  if (notification.reason === 'repeat') return level !== 'none'
  return (notification.reason === 'first' || notification.reason === 'new') && rank(level) > rank(told)
}

/** One line for each alert that a reply in the thread must name: all of a reminder's, else those that changed. None for a lone alert: the title names it. */
export function newsLines(notification: Notification): readonly string[] {
  if (notification.alerts.length === 1) return []
  const alerts = notification.reason === 'repeat' ? notification.alerts : notification.alerts.filter(({ change }) => change !== 'unchanged')
  if (alerts.length === 0) return []
  const { lines, title } = composeMessage({ ...notification, alerts })
  return lines.length > 0 ? lines : [title]
}
