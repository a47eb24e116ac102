export { host, host as default } from './host.ts'
export type { HostOptions } from './options.ts'
