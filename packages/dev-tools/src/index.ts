export { type Moto, startMoto } from './moto.ts'
export { shownText } from './slack-layout.ts'
export { type SlackCall, type SlackFailure, type SlackMessage, type SlackStandIn, startSlackStandIn } from './slack-stand-in.ts'
