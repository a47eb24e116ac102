import { HIDDEN_SECRET, SLACK_POST } from './alertmanager-checks.ts'
import { parseGoDuration, writeDuration } from './alertmanager-duration.ts'
import { literal, type Place } from './alertmanager-source.ts'

/** One notifier of a declaration: the plugin's name, its options, and whether it hears of ends. */
export type NotifyEntry = Readonly<Record<string, unknown>> & { readonly use: string }

/** The notifier that stands for an integration, or `undefined` when none can; what is lost is listed. */
export type MapNotifier = (item: Place, global: Place) => NotifyEntry | undefined

/** Drops what is not set. */
const entry = (use: string, options: Readonly<Record<string, unknown>>): NotifyEntry => ({ use, ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) })

/** Only `false` is worth saying: notifiers hear of ends unless told otherwise. */
const sendResolved = (item: Place, byDefault: boolean): false | undefined => ((item.at('send_resolved').flag() ?? byDefault) ? undefined : false)

/** A secret that stands in the file, or a placeholder for the file that holds it. */
function secretOf(place: Place, key: string, encode: (secret: string) => string = literal): string | undefined {
  const inline = place.at(key).text()
  if (inline === HIDDEN_SECRET) {
    const variable = variableFor(place, key)
    place.at(key).list(`the secret "${key}"`, `it was removed from this file: set the environment variable ${variable}`)
    return `\${${variable}}`
  }
  if (inline !== undefined) return encode(inline)
  const file = place.at(`${key}_file`).text()
  return file === undefined ? undefined : `\${file:${file}}`
}

/** A name for what a receiver's integration is to be given: `WEBHOOK_URL_2` for the second receiver, `SLACK_API_URL` for a global one. */
function variableFor({ path: [top, receiver, kind] }: Place, key: string): string {
  const words = top === 'receivers' ? [String(kind).replace(/_configs$/, ''), key, Number(receiver) + 1] : [key]
  return words.join('_').toUpperCase()
}

/** A text that is not a template; a template is listed. */
function plainText(place: Place): string | undefined {
  const text = place.text()
  if (text === undefined || !text.includes('{{')) return text === undefined ? undefined : literal(text)
  place.list('a template', 'Go templates are not run here: write the text')
  return undefined
}

const email: MapNotifier = (item, global) => {
  const headers = readHeaders(item.at('headers'))
  const smarthost = item.at('smarthost').given ? item.at('smarthost') : global.at('smtp_smarthost')
  const from = item.at('from').given ? item.at('from') : global.at('smtp_from')
  const server = /^(\[[^\]]*\]|[^:]*):([^:]+)$/.exec(smarthost.text() ?? '')
  if (server === null) smarthost.refuse(smarthost.given ? 'the mail server is not "host:port"' : 'no mail server is given', 'write smtp_smarthost: mail.example.com:587 under "global"')
  if (from.peek() === undefined) from.refuse('no sender is given', 'write smtp_from: alerts@example.com under "global"')
  const [, host = '', port = ''] = server ?? []
  const implicit = item.at('force_implicit_tls').flag() ?? global.at('smtp_force_implicit_tls').flag() ?? port === '465'
  const required = item.at('require_tls').flag() ?? global.at('smtp_require_tls').flag() ?? true
  const tls = item.at('tls_config').given ? item.at('tls_config') : global.at('smtp_tls_config')
  const to = plainText(item.at('to'))
  if (to === undefined) item.list('this e-mail receiver', 'its address is a template, and Go templates are not run here')
  if (to === undefined || server === null) return undefined
  return entry('email', {
    to,
    from: plainText(from),
    ...headers,
    url: `${implicit ? 'smtps' : 'smtp'}://${login(item, global)}${host || 'localhost'}:${port}`,
    tls: implicit ? undefined : required ? 'required' : 'none',
    ca: tls.at('ca_file').text(),
    sendResolved: sendResolved(item, false),
  })
}

/** `user:password@`, or nothing: without a user, Alertmanager does not log in. */
function login(item: Place, global: Place): string {
  const name = item.at('auth_username').given ? item.at('auth_username') : global.at('smtp_auth_username')
  const user = name.text()
  if (user === undefined) return ''
  const own = isGiven(item, 'auth_password')
  const [place, key] = own ? [item, 'auth_password'] : [global, 'smtp_auth_password']
  const password = secretOf(place, key, encodeURIComponent)
  if (password === undefined) {
    name.list('the login at the mail server', 'it has no password, and CRAM-MD5 with a secret is not spoken here: give a password')
    return ''
  }
  if (password.startsWith('${')) {
    const file = place.at(place.at(key).given ? key : `${key}_file`)
    file.list('the password of the mail server is put into an address', 'the characters @ : / ? # % in it must be percent-encoded')
  }
  return `${encodeURIComponent(user)}:${password}@`
}

const isGiven = (place: Place, key: string): boolean => place.at(key).peek() !== undefined || place.at(`${key}_file`).peek() !== undefined

function readHeaders(headers: Place): { readonly replyTo?: string } {
  const seen = new Set<string>()
  let replyTo: string | undefined
  for (const [name, value] of headers.given ? headers.entries() : []) {
    const header = name.toLowerCase()
    if (seen.has(header)) value.refuse(`the header "${name}" stands twice`, 'keep one of the two', 'E111')
    seen.add(header)
    if (header === 'reply-to') replyTo = plainText(value)
    else value.list(`the header "${name}"`, 'the e-mail notifier sets the headers itself')
  }
  return replyTo === undefined ? {} : { replyTo }
}

const slack: MapNotifier = (item, global) => {
  const http = item.at('http_config').given ? item.at('http_config') : global.at('http_config')
  const appUrl = item.at('app_url').text() ?? global.at('slack_app_url').text() ?? SLACK_POST
  const authorized = item.at('http_config').at('authorization').given
  const ownUrl = isGiven(item, 'api_url')
  const ownToken = isGiven(item, 'app_token')
  const appToken = ownToken ? secretOf(item, 'app_token') : authorized || item.at('api_url').given ? undefined : secretOf(global, 'slack_app_token')
  const url = ownUrl ? secretOf(item, 'api_url') : ownToken ? undefined : secretOf(global, 'slack_api_url')
  if (url === undefined && appToken === undefined) item.refuse('Slack has neither an address nor a token', 'add slack_api_url or slack_app_token under "global", or api_url or app_token here')
  if (appToken !== undefined && authorized) item.at('http_config').refuse('"authorization" cannot be given beside an app token', 'leave one of the two out')
  const update = item.at('update_message').flag() ?? false
  if (update && item.at('api_url').peek() !== SLACK_POST) item.at('update_message').refuse('"update_message" needs a bot', `set api_url to ${SLACK_POST}`)

  const bot = appToken !== undefined || url === SLACK_POST
  const channel = item.at('channel')
  if (!bot) {
    if (channel.text() !== undefined) channel.list('the channel', 'an incoming webhook posts to the one channel that it was made for')
    return url === undefined ? undefined : entry('slack', { webhookUrl: url, sendResolved: sendResolved(item, false) })
  }
  const name = plainText(channel)
  if (name === undefined || !/^#?[^\s#@<>&]{1,80}$/.test(name)) {
    item.list('this Slack receiver', 'a bot needs the name or the id of a channel, such as "#ops", and no template')
    return undefined
  }
  const token = appToken ?? bearerOf(http)
  if (token === undefined) item.list('the bot token of this Slack receiver', 'it stands nowhere in the file: set the environment variable SLACK_BOT_TOKEN')
  const base = (appToken === undefined ? SLACK_POST : appUrl).replace(/chat\.postMessage$/, '')
  return entry('slack', { channel: name, token, apiUrl: base === 'https://slack.com/api/' ? undefined : base, update: update ? undefined : false, sendResolved: sendResolved(item, false) })
}

function bearerOf(http: Place): string | undefined {
  return (http.at('authorization').given ? secretOf(http.at('authorization'), 'credentials') : undefined) ?? secretOf(http, 'bearer_token')
}

const webhook: MapNotifier = (item, global) => {
  const url = item.at('url').peek()?.includes('{{') ? plainText(item.at('url')) : secretOf(item, 'url')
  const most = item.at('max_alerts').text()
  if (most !== undefined && !/^\d+$/.test(most)) item.at('max_alerts').refuse('"max_alerts" is not a whole number', 'write 0 or more')
  const timeout = item.at('timeout')
  const ms = timeout.text() === undefined ? 0 : parseGoDuration(timeout.peek() ?? '')
  if (ms === undefined) timeout.refuse('"timeout" is not a duration of Go', 'write it as "10s"', 'E104')
  if (ms === 0 && timeout.given) timeout.list('no time-out', 'a receiver that does not answer is given up after 15s: set "timeout"')
  if (url === undefined) {
    item.list('this webhook receiver', 'its address is a template, and Go templates are not run here')
    return undefined
  }
  return entry('webhook', {
    url,
    headers: webhookHeaders(item.at('http_config').given ? item.at('http_config') : global.at('http_config')),
    maxAlerts: most === undefined || Number(most) === 0 ? undefined : Number(most),
    timeout: ms ? writeDuration(Math.max(1, Math.round(ms))) : undefined,
    sendResolved: sendResolved(item, true),
  })
}

function webhookHeaders(http: Place): Readonly<Record<string, string>> | undefined {
  const headers: Record<string, string> = {}
  const [basic, authorization] = [http.at('basic_auth'), http.at('authorization')]
  const bearer = secretOf(http, 'bearer_token')
  if (bearer !== undefined) headers['Authorization'] = `Bearer ${bearer}`
  if (authorization.given) {
    const credentials = secretOf(authorization, 'credentials')
    if (credentials !== undefined) headers['Authorization'] = `${literal(authorization.at('type').text() ?? 'Bearer')} ${credentials}`
  }
  if (basic.given) {
    const [user, password] = [basic.at('username').text() ?? '', basic.at('password').peek() ?? '']
    if (basic.at('password_file').given || basic.at('username_file').given || password === HIDDEN_SECRET) basic.list('the login at the receiver', 'it cannot be put together from files: write the header Authorization')
    else headers['Authorization'] = `Basic ${Buffer.from(`${user}:${basic.at('password').text() ?? ''}`).toString('base64')}`
  }
  for (const [name, header] of http.at('http_headers').given ? http.at('http_headers').entries() : []) {
    const values = ['values', 'secrets', 'files'].flatMap((key) => header.at(key).items().map((value) => (key === 'files' ? `\${file:${value.text() ?? ''}}` : literal(value.text() ?? ''))))
    headers[name] = values.join(', ')
  }
  return Object.keys(headers).length === 0 ? undefined : headers
}

const sns: MapNotifier = (item) => {
  const keys = ['topic_arn', 'target_arn', 'phone_number'].filter((key) => item.at(key).peek() !== undefined)
  const sigv4 = item.at('sigv4')
  const [access, secret] = [sigv4.at('access_key'), sigv4.at('secret_key')]
  // Alertmanager takes one of the three, and by an oversight all three at once.
  if (keys.length % 2 === 0) item.refuse('SNS needs one target', 'give "topic_arn", "target_arn" or "phone_number"')
  if ((access.peek() === undefined) !== (secret.peek() === undefined)) sigv4.refuse('only one of "access_key" and "secret_key" is given', 'give both, or neither')
  const topicArn = plainText(item.at('topic_arn'))
  if (topicArn === undefined) {
    item.list('this SNS receiver', 'the SNS notifier publishes to topics, whose ARN is known')
    return undefined
  }
  const region = sigv4.at('region').text()
  if (region !== undefined && topicArn.split(':')[3] !== region) sigv4.at('region').list('"region"', 'a topic is published in the region of its ARN')
  const endpoint = plainText(item.at('api_url'))
  return entry('sns', {
    topicArn,
    profile: sigv4.at('profile').text(),
    roleArn: sigv4.at('role_arn').text(),
    externalId: sigv4.at('external_id').text(),
    endpoint: endpoint !== undefined && /^https:\/\/sns\.[a-z\d-]+\.amazonaws\.com\/?$/.test(endpoint) ? undefined : endpoint,
    sendResolved: sendResolved(item, true),
  })
}

/** By the notifier's name. */
export const NOTIFIERS = { email, slack, webhook, sns } as const satisfies Readonly<Record<string, MapNotifier>>
