export type { Mention, SlackOptions } from './options.ts'
export { slack, slack as default } from './slack.ts'
