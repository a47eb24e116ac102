import type { NewOutboxRow } from './outbox.ts'

/** What a message continues: a notification its stretch of the group, an issue of a report those before it. */
export const threadOf = (row: Pick<NewOutboxRow, 'key' | 'notification'>): string => row.notification?.thread ?? row.key
