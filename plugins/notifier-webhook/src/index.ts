export type { AlertmanagerAlert, AlertmanagerMessage, TocsinAlert, TocsinExtras } from './alertmanager-message.ts'
export { webhook, webhook as default } from './webhook.ts'
