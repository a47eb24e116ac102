/** What Alertmanager asks of the settings of one integration. */
interface Demand {
  /** At least one of these. */
  readonly oneOf: readonly string[]
  /** Or one of these global ones. */
  readonly orGlobal?: readonly string[]
}

/** One kind of receiver that Alertmanager has. */
export interface Integration {
  /** Its name for people. */
  readonly label: string
  /** The notifier that stands for it here. */
  readonly notifier?: 'email' | 'slack' | 'webhook' | 'sns'
  /** Every setting that it has, where a notifier carries over some of them. */
  readonly keys?: readonly string[]
  readonly demands?: readonly Demand[]
  /** Of each of these at most one. */
  readonly exclusive?: readonly (readonly string[])[]
  /** Words that may stand in a setting, whatever their case. */
  readonly oneOf?: Readonly<Record<string, readonly string[]>>
  /** Settings that must be `http` or `https` addresses. */
  readonly urls?: readonly string[]
  /** What is asked of each item of a list. */
  readonly items?: Readonly<Record<string, Pick<Integration, 'demands' | 'oneOf'>>>
  /** Whether an empty item is taken as one without settings. */
  readonly nullable?: boolean
}

/** The setting that is a secret, and the one that names the file which holds it. */
export const fileOf = (key: string): readonly string[] => [key, `${key}_file`]
const demand = (key: string, global?: string): Demand => ({ oneOf: fileOf(key), ...(global === undefined ? {} : { orGlobal: fileOf(global) }) })
const need = (key: string, global?: string): Demand => ({ oneOf: [key], ...(global === undefined ? {} : { orGlobal: [global] }) })
const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const webhookOf = (label: string, global?: string): Integration => ({ label, demands: [demand('webhook_url', global)], exclusive: [fileOf('webhook_url')], urls: ['webhook_url'] })

/** By the key under a receiver. From Alertmanager's configuration reference and its configuration structures, up to 0.34. */
export const INTEGRATIONS: Readonly<Record<string, Integration>> = {
  email_configs: {
    label: 'e-mail',
    notifier: 'email',
    keys: words('to from smarthost hello auth_username auth_password auth_password_file auth_secret auth_secret_file auth_identity require_tls force_implicit_tls tls_config html text headers threading'),
    demands: [need('to')],
    exclusive: [fileOf('auth_password'), fileOf('auth_secret')],
  },
  slack_configs: {
    label: 'Slack',
    notifier: 'slack',
    keys: words(`api_url api_url_file app_token app_token_file app_url channel icon_emoji icon_url link_names username actions callback_id color fallback fields footer
      mrkdwn_in pretext short_fields text message_text title title_link image_url thumb_url update_message timeout http_config`),
    exclusive: [fileOf('api_url'), fileOf('app_token'), ['api_url', 'app_token'], ['api_url_file', 'app_token_file'], ['api_url', 'app_token_file'], ['api_url_file', 'app_token']],
    urls: ['api_url', 'app_url'],
    items: { fields: { demands: [need('title'), need('value')] }, actions: { demands: [need('type'), need('text'), { oneOf: ['url', 'name'] }] } },
    nullable: true,
  },
  webhook_configs: {
    label: 'webhook',
    notifier: 'webhook',
    keys: words('url url_file max_alerts timeout payload http_config'),
    demands: [demand('url')],
    exclusive: [fileOf('url')],
    urls: ['url'],
  },
  sns_configs: {
    label: 'SNS',
    notifier: 'sns',
    keys: words('api_url sigv4 topic_arn phone_number target_arn subject message attributes use_aws_http_client http_config'),
  },
  pagerduty_configs: {
    label: 'PagerDuty',
    demands: [{ oneOf: words('routing_key routing_key_file service_key service_key_file') }],
    exclusive: [fileOf('routing_key'), fileOf('service_key')],
    urls: ['url'],
  },
  opsgenie_configs: {
    label: 'OpsGenie',
    demands: [demand('api_key', 'opsgenie_api_key')],
    exclusive: [fileOf('api_key')],
    urls: ['api_url'],
    items: { responders: { demands: [{ oneOf: ['id', 'name', 'username'] }, need('type')], oneOf: { type: ['team', 'teams', 'user', 'escalation', 'schedule'] } } },
    nullable: true,
  },
  victorops_configs: {
    label: 'VictorOps',
    demands: [need('routing_key'), demand('api_key', 'victorops_api_key')],
    exclusive: [fileOf('api_key')],
    urls: ['api_url'],
  },
  pushover_configs: {
    label: 'Pushover',
    demands: [demand('user_key'), demand('token')],
    exclusive: [fileOf('user_key'), fileOf('token'), ['html', 'monospace']],
  },
  telegram_configs: {
    label: 'Telegram',
    demands: [demand('bot_token', 'telegram_bot_token'), demand('chat_id')],
    exclusive: [fileOf('bot_token'), fileOf('chat_id')],
    oneOf: { parse_mode: ['Markdown', 'MarkdownV2', 'HTML'] },
  },
  wechat_configs: {
    label: 'WeChat',
    demands: [demand('api_secret', 'wechat_api_secret'), need('corp_id', 'wechat_api_corp_id')],
    exclusive: [fileOf('api_secret')],
    oneOf: { message_type: ['text', 'markdown'] },
    nullable: true,
  },
  discord_configs: webhookOf('Discord'),
  msteams_configs: webhookOf('Microsoft Teams'),
  msteamsv2_configs: webhookOf('Microsoft Teams'),
  mattermost_configs: webhookOf('Mattermost', 'mattermost_webhook_url'),
  webex_configs: { label: 'Webex', demands: [need('room_id'), need('http_config.authorization')], urls: ['api_url'] },
  jira_configs: { label: 'Jira', demands: [need('project'), need('issue_type'), need('api_url', 'jira_api_url')] },
  rocketchat_configs: {
    label: 'Rocket.Chat',
    demands: [demand('token_id', 'rocketchat_token_id'), demand('token', 'rocketchat_token')],
    exclusive: [fileOf('token'), fileOf('token_id')],
    nullable: true,
  },
  incidentio_configs: { label: 'incident.io', demands: [demand('url')], exclusive: [fileOf('url'), fileOf('alert_source_token')] },
}

/** Global settings of which at most one may be given. */
export const GLOBAL_EXCLUSIVE: readonly (readonly string[])[] = words(
  'slack_app_token slack_api_url opsgenie_api_key victorops_api_key telegram_bot_token smtp_auth_password smtp_auth_secret rocketchat_token rocketchat_token_id wechat_api_secret mattermost_webhook_url',
).map(fileOf)

/** Global settings that must be `http` or `https` addresses. */
export const GLOBAL_URLS: readonly string[] = words(
  'slack_api_url slack_app_url pagerduty_url opsgenie_api_url wechat_api_url victorops_api_url telegram_api_url webex_api_url rocketchat_api_url mattermost_webhook_url jira_api_url',
)

/** Global settings by the integration that they belong to. */
const GLOBAL_PREFIXES: Readonly<Record<string, string>> = {
  jira: 'Jira',
  pagerduty: 'PagerDuty',
  opsgenie: 'OpsGenie',
  victorops: 'VictorOps',
  wechat: 'WeChat',
  telegram: 'Telegram',
  webex: 'Webex',
  rocketchat: 'Rocket.Chat',
  mattermost: 'Mattermost',
}
const GLOBAL_OTHERS = new Set(
  words(`jira_api_url victorops_api_key victorops_api_key_file victorops_api_url pagerduty_url opsgenie_api_key opsgenie_api_key_file opsgenie_api_url rocketchat_api_url
    rocketchat_token rocketchat_token_file rocketchat_token_id rocketchat_token_id_file wechat_api_url wechat_api_secret wechat_api_secret_file wechat_api_corp_id
    telegram_api_url telegram_bot_token telegram_bot_token_file webex_api_url mattermost_webhook_url mattermost_webhook_url_file`),
)
const SMTP = new Set(
  words(`smtp_from smtp_smarthost smtp_hello smtp_auth_username smtp_auth_password smtp_auth_password_file smtp_auth_secret smtp_auth_secret_file smtp_auth_identity
    smtp_require_tls smtp_force_implicit_tls smtp_tls_config`),
)
const SLACK = new Set(words('slack_api_url slack_api_url_file slack_app_token slack_app_token_file slack_app_url'))
const HTTP = new Set(
  words('basic_auth authorization oauth2 bearer_token bearer_token_file enable_http2 proxy_url no_proxy proxy_from_environment proxy_connect_header follow_redirects tls_config http_headers'),
)
const TLS = new Set(words('ca ca_file ca_ref cert cert_file cert_ref key key_file key_ref server_name insecure_skip_verify min_version max_version'))
const SIGV4 = new Set(words('region access_key secret_key profile role_arn external_id use_fips_sts_endpoint service_name'))
const HTTP_NESTED: Readonly<Record<string, ReadonlySet<string>>> = {
  basic_auth: new Set(words('username username_file username_ref password password_file password_ref')),
  authorization: new Set(words('type credentials credentials_file credentials_ref')),
}

const NO_OPTION: Readonly<Record<string, string>> = {
  email: 'the e-mail notifier has no such option: it lays its mails out itself and takes its own way to the server',
  slack: 'the Slack notifier lays its messages out itself',
  webhook: 'the webhook notifier has no such option',
  sns: 'the SNS notifier composes its messages itself',
}

type Path = readonly (string | number)[]

/** Why a setting of Alertmanager that nobody read is not carried over; `undefined` when it has none by that name. */
export function reasonNotCarried(path: Path): string | undefined {
  const [top, second, kind, , key] = path
  if (top === 'templates') return 'Go templates are not run here: notifiers lay their messages out themselves, and e-mails take a Handlebars file'
  if (top === 'tracing') return 'traces are not sent'
  if (top === 'event_recorder') return 'transitions are kept in the store'
  if (path.at(-1) === 'labels' && (top === 'route' || (top === 'receivers' && path.length === 3))) return 'such labels are for templates and the API of Alertmanager'
  if (top === 'global') return path.length === 2 ? globalReason(String(second)) : nestedReason(path.slice(1))
  const integration = top === 'receivers' && Object.hasOwn(INTEGRATIONS, String(kind)) ? INTEGRATIONS[String(kind)] : undefined
  if (integration === undefined || key === undefined) return undefined
  if (path.length > 5) return nestedReason(path.slice(4))
  if (integration.keys?.includes(String(key)) !== true) return undefined
  return key === 'http_config' ? NO_HTTP : NO_OPTION[integration.notifier ?? '']
}

const NO_HTTP = 'notifiers have no such settings of the connection'
const NO_TLS = 'the connection is checked against trusted authorities, without further settings'

function globalReason(key: string): string | undefined {
  if (key === 'resolve_timeout') return 'rules are evaluated here, so it is known when an alert ends'
  if (key === 'http_config') return NO_HTTP
  if (SMTP.has(key) || SLACK.has(key)) return 'nothing that is carried over makes use of it'
  return GLOBAL_OTHERS.has(key) ? noNotifier(GLOBAL_PREFIXES[key.split('_')[0] ?? ''] ?? key) : undefined
}

/** Settings inside a setting of which something is carried over. */
function nestedReason([outer, key, nested]: Path): string | undefined {
  if (outer === 'http_config') return (nested === undefined ? HTTP.has(String(key)) : HTTP_NESTED[String(key)]?.has(String(nested))) ? NO_HTTP : undefined
  if (outer === 'tls_config' || outer === 'smtp_tls_config') return TLS.has(String(key)) ? NO_TLS : undefined
  return outer === 'sigv4' && SIGV4.has(String(key)) ? 'credentials come from the profile, the environment or the role of the machine' : undefined
}

export const noNotifier = (label: string): string => `there is no notifier for ${label}: a webhook may take its place`
