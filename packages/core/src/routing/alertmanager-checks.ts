import { fileOf, GLOBAL_EXCLUSIVE, GLOBAL_URLS, type Integration } from './alertmanager-integrations.ts'
import type { Place } from './alertmanager-source.ts'

/** What a secret was replaced with in a file that Alertmanager itself printed. */
export const HIDDEN_SECRET = '<secret>'

/** Where Slack's bots post. */
export const SLACK_POST = 'https://slack.com/api/chat.postMessage'

/** Whether a setting says anything. Dots lead into maps. */
const isSet = (place: Place, key: string): boolean => key.split('.').reduce((inner, step) => inner.at(step), place).peek() !== undefined

/** Refuses what Alertmanager refuses in the settings of one receiver's integration. */
export function checkIntegration(place: Place, integration: Integration, everywhere: Place): void {
  const [item, global] = [place.quietly(), everywhere.quietly()]
  if (!item.given && integration.nullable !== true) return item.refuse(`the settings of ${integration.label} are missing`, 'write them, or leave the empty item out')
  checkDemands(item, integration, global)
  for (const keys of integration.exclusive ?? []) atMostOne(item, keys)
  for (const key of integration.urls ?? []) checkUrl(item.at(key))
  for (const [key, demands] of Object.entries(integration.items ?? {})) {
    const list = item.at(key)
    if (list.given) for (const inner of list.items()) checkDemands(inner, demands, global)
  }
  checkHttp(item.at('http_config'))
}

/** Refuses what Alertmanager refuses in the global settings. */
export function checkGlobal(place: Place): void {
  const global = place.quietly()
  for (const keys of GLOBAL_EXCLUSIVE) atMostOne(global, keys)
  // A bot's token may stand beside the address that bots post to: that was how one was given before there was a setting for it.
  if (global.at('slack_api_url').peek() !== (global.at('slack_app_url').peek() ?? SLACK_POST)) {
    for (const token of fileOf('slack_app_token')) for (const url of fileOf('slack_api_url')) atMostOne(global, [token, url])
  }
  for (const key of GLOBAL_URLS) checkUrl(global.at(key))
  checkHttp(global.at('http_config'))
  global.at('resolve_timeout').duration()
}

function checkDemands(item: Place, { demands = [], oneOf = {} }: Pick<Integration, 'demands' | 'oneOf'>, global: Place): void {
  for (const { oneOf: keys, orGlobal = [] } of demands) {
    if (keys.some((key) => isSet(item, key)) || orGlobal.some((key) => isSet(global, key))) continue
    const globally = orGlobal.length === 0 ? '' : `, or globally ${orGlobal.map((key) => `"${key}"`).join(' or ')}`
    item.refuse(`${keys.map((key) => `"${key}"`).join(' or ')} is missing`, `add ${keys[0]}${globally}`)
  }
  for (const [key, words] of Object.entries(oneOf)) {
    const place = item.at(key)
    const text = place.peek()
    if (text !== undefined && !text.includes('{{') && !words.some((word) => word.toLowerCase() === text.toLowerCase())) {
      place.refuse(`"${key}" is none of its words`, `write one of ${words.join(', ')}`)
    }
  }
}

function atMostOne(place: Place, keys: readonly string[]): void {
  const set = keys.filter((key) => isSet(place, key) && place.at(key).peek() !== 'false')
  const [first, second] = set
  if (first !== undefined && second !== undefined) place.at(second).refuse(`only one of "${first}" and "${second}" can be given`, 'leave one of the two out')
}

function checkUrl(place: Place): void {
  const text = place.peek()
  if (text === undefined || text === HIDDEN_SECRET || text.includes('{{') || /^https?:\/\/[^/?#]/i.test(text)) return
  place.refuse(`"${place.path.at(-1)}" is not an http or https address`, 'write it as https://host/path')
}

function checkHttp(http: Place): void {
  if (!http.given) return
  atMostOne(http, ['bearer_token', 'bearer_token_file'])
  atMostOne(http, ['basic_auth', 'authorization'])
  atMostOne(http, ['basic_auth', 'oauth2'])
  atMostOne(http, ['authorization', 'oauth2'])
  atMostOne(http.at('basic_auth'), ['password', 'password_file'])
  atMostOne(http.at('authorization'), ['credentials', 'credentials_file'])
}
