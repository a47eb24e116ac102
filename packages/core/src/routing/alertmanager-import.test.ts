import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ConfigError } from '../errors.ts'
import { fromAlertmanager, printMonitor } from './alertmanager-import.ts'

const HOOK = 'webhook_configs: [{ url: "http://127.0.0.1/" }]'
const ROUTE = `route: { receiver: ops }\n`
const listed = (yaml: string): string[] => fromAlertmanager(yaml).differences.map(({ line, path, what, why }) => `${line} ${path}: ${what} · ${why}`)
const notify = (yaml: string): unknown => fromAlertmanager(yaml).declaration.notify
const receiver = (integration: string, global = ''): string => `${global}\n${ROUTE}receivers:\n- name: ops\n  ${integration}\n`

function refusals(yaml: string): string[] {
  try {
    fromAlertmanager(yaml, 'am.yml')
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(String)
    throw error
  }
  return []
}

describe('fromAlertmanager', () => {
  const whole = `
global:
  smtp_smarthost: mail.example.org:587
  smtp_from: alerts@example.org
  resolve_timeout: 5m
route:
  receiver: ops
  group_by: [cluster]
  repeat_interval: 1h30m
  routes:
  - matchers: ['{team="db",tier!~"dev.*"}']
    receiver: dba
    continue: yes
    mute_time_intervals: [nights]
  - match: { zone: 010, on: yes, gone: }
    match_re: { host: a|b }
    group_by: [...]
    group_wait: 0s
    active_time_intervals: [nights]
receivers:
- name: ops
  email_configs: [{ to: 'a@example.org, b@example.org' }]
- name: dba
  slack_configs: [{ api_url: 'http://127.0.0.1/hook' }]
  webhook_configs: [{ url: 'http://127.0.0.1/' }]
  pagerduty_configs: [{ routing_key: hunter22 }]
time_intervals:
- name: nights
  time_intervals:
  - times: [{ start_time: 22:00, end_time: 24:00 }]
    weekdays: [monday:friday, sunday]
    days_of_month: [1, -3:-1]
    months: [january:march, 12]
    years: [2026:2027]
    location: Europe/Berlin
inhibit_rules:
- source_matchers: [sev="page"]
  target_match: { sev: ticket }
  equal: [cluster]
`

  it('carries over routes, windows, inhibit rules and receivers', () => {
    expect(fromAlertmanager(whole).declaration).toEqual({
      compat: 'alertmanager',
      watch: [],
      route: {
        receivers: ['ops'],
        groupBy: ['cluster'],
        repeatInterval: '90m',
        routes: [
          { matchers: ['team="db"', 'tier!~"dev.*"'], receivers: ['dba-slack', 'dba-webhook'], muteWindows: ['nights'], continue: true },
          { matchers: ['zone="010"', 'on="yes"', 'gone=""', 'host=~"a|b"'], groupBy: ['...'], groupWait: '0ms', activeWindows: ['nights'] },
        ],
      },
      muteWindows: [
        {
          name: 'nights',
          intervals: [
            { times: [{ from: '22:00', to: '24:00' }], weekdays: ['monday:friday', 'sunday'], daysOfMonth: ['1', '-3:-1'], months: ['1:3', '12'], years: ['2026:2027'], timeZone: 'Europe/Berlin' },
          ],
        },
      ],
      inhibit: [{ name: 'inhibit-1', source: ['sev="page"'], target: ['sev="ticket"'], equal: ['cluster'], equalMissing: 'match' }],
      notify: {
        ops: { use: 'email', to: 'a@example.org, b@example.org', from: 'alerts@example.org', url: 'smtp://mail.example.org:587', tls: 'required', sendResolved: false },
        'dba-slack': { use: 'slack', webhookUrl: 'http://127.0.0.1/hook', sendResolved: false },
        'dba-webhook': { use: 'webhook', url: 'http://127.0.0.1/' },
      },
    })
  })

  it('lists the rest with its place, and never its value', () => {
    expect(listed(whole)).toEqual([
      '5 global.resolve_timeout: "resolve_timeout" · rules are evaluated here, so it is known when an alert ends',
      '26 receivers[1].pagerduty_configs[0]: PagerDuty is not told · there is no notifier for PagerDuty: a webhook may take its place',
    ])
  })

  it('prints what it declares', () => {
    const { declaration } = fromAlertmanager(whole)
    expect(parse(printMonitor(declaration))).toEqual(declaration)
    expect(printMonitor(declaration)).toMatch(/^compat: alertmanager\nwatch: \[\]\nroute:\n {2}receivers:\n/)
  })

  it('notes labels that only rules of Prometheus set, once each', () => {
    const yaml = `route:\n  receiver: ops\n  group_by: [alertname]\n  routes:\n  - match: { severity: critical, alertname: A }\n  - matchers: [severity="warning"]\nreceivers: [{ name: ops }]\n`
    expect(fromAlertmanager(yaml).differences.map(({ line, what }) => `${line} ${what}`)).toEqual(['3 the label "alertname" is asked for', '5 the label "severity" is asked for'])
  })

  it('keeps a "${" from being a placeholder, and makes one of a file', () => {
    const yaml = `route: { receiver: 'a\${b}', group_by: ['c\${d}'], routes: [{ matchers: ['e="\${f}"'] }] }\nreceivers:\n- name: 'a\${b}'\n  webhook_configs: [{ url: 'http://127.0.0.1/\${g}' }]\n- name: file\n  webhook_configs: [{ url_file: /run/url }]\n`
    const { declaration } = fromAlertmanager(yaml)
    expect(declaration.route).toEqual({ receivers: ['a$${b}'], groupBy: ['c$${d}'], routes: [{ matchers: ['e="$${f}"'] }] })
    expect(declaration.notify).toEqual({ 'a${b}': { use: 'webhook', url: 'http://127.0.0.1/$${g}' }, file: { use: 'webhook', url: '${file:/run/url}' } })
  })

  it('follows anchors and merge keys', () => {
    const yaml = `x: &timers { group_wait: 1m }\nroute:\n  receiver: ops\n  routes:\n  - <<: *timers\n    match: { a: b }\nreceivers: [{ name: ops }]\n`
    expect(fromAlertmanager(yaml).declaration.route.routes).toEqual([{ matchers: ['a="b"'], groupWait: '1m' }])
    expect(listed(yaml)).toEqual(['1 x: the unknown key "x" · Alertmanager has no setting of this name that is known here'])
  })

  it('gives every notifier a name of its own', () => {
    const yaml = `${ROUTE}receivers:\n- name: ops\n  webhook_configs: [{ url: "http://127.0.0.1/1" }, { url: "http://127.0.0.1/2" }]\n- name: ops-webhook\n  ${HOOK}\n`
    const { declaration } = fromAlertmanager(yaml)
    expect(Object.keys(declaration.notify)).toEqual(['ops-webhook-2', 'ops-webhook-3', 'ops-webhook'])
    expect(declaration.route.receivers).toEqual(['ops-webhook-2', 'ops-webhook-3'])
  })

  it('tells nobody for a receiver without integrations', () => {
    expect(fromAlertmanager(`${ROUTE}receivers: [{ name: ops }]`).declaration).toMatchObject({ route: { receivers: [] }, notify: {} })
  })

  it('writes windows that never hold as one that is over, and keeps to the years there are', () => {
    const interval = (spec: string): unknown => fromAlertmanager(`${ROUTE}receivers: [{ name: ops }]\ntime_intervals: [{ name: n, time_intervals: ${spec} }]`).declaration.muteWindows?.[0]?.intervals
    expect(interval('[]')).toEqual([{ years: ['1970'] }])
    expect(interval('[{ weekdays: [] }]')).toEqual([{ years: ['1970'] }])
    expect(interval('[{ weekdays: [] }, { months: [5] }]')).toEqual([{ months: ['5'] }])
    expect(interval('[{ years: ["1900:99999"], months: ["0:2"] }]')).toEqual([{ months: ['1:2'], years: ['1970:9999'] }])
    expect(interval('[{ years: ["1900"] }]')).toEqual([{ years: ['1970'] }])
    expect(interval('[{}]')).toEqual([{}])
  })

  it('gives inhibit rules names of their own, and both old and new matchers', () => {
    const yaml = `${ROUTE}receivers: [{ name: ops }]\ninhibit_rules:\n- name: inhibit-2\n  source_match_re: { a: x.* }\n  source_matchers: [b!=y]\n- target_matchers: [c=z]\n- {}\n`
    expect(fromAlertmanager(yaml).declaration.inhibit).toEqual([
      { name: 'inhibit-2', source: ['a=~"x.*"', 'b!="y"'], target: [], equal: [], equalMissing: 'match' },
      { name: 'inhibit-2-2', source: [], target: ['c="z"'], equal: [], equalMissing: 'match' },
      { name: 'inhibit-3', source: [], target: [], equal: [], equalMissing: 'match' },
    ])
  })
})

describe('receivers', () => {
  const MAIL = 'global: { smtp_smarthost: "mail.example.org:587", smtp_from: a@example.org, smtp_auth_username: "me@here", smtp_auth_password: "p@ss/word" }'

  it('puts the way to the mail server into one address', () => {
    expect(notify(receiver('email_configs: [{ to: x@example.org, send_resolved: true }]', MAIL))).toEqual({ ops: { use: 'email', to: 'x@example.org', from: 'a@example.org', url: 'smtp://me%40here:p%40ss%2Fword@mail.example.org:587', tls: 'required' } })
    expect(notify(receiver('email_configs: [{ to: x@example.org, from: b@example.org, smarthost: "h:465", auth_username: u, auth_password: p, tls_config: { ca_file: ca.pem }, headers: { REPLY-TO: r@example.org } }]', MAIL))).toEqual({
      ops: { use: 'email', to: 'x@example.org', from: 'b@example.org', replyTo: 'r@example.org', url: 'smtps://u:p@h:465', ca: 'ca.pem', sendResolved: false },
    })
    expect(notify(receiver('email_configs: [{ to: x@example.org, require_tls: no, force_implicit_tls: false, smarthost: "h:465" }]', MAIL))).toMatchObject({ ops: { url: 'smtp://me%40here:p%40ss%2Fword@h:465', tls: 'none' } })
  })

  it('leaves a login without a password out, and says so', () => {
    const yaml = receiver('email_configs: [{ to: x@example.org, smarthost: "h:25", from: a@example.org, auth_username: u, auth_secret: s3cret }]')
    expect(notify(yaml)).toMatchObject({ ops: { url: 'smtp://h:25' } })
    expect(listed(yaml)).toEqual([expect.stringContaining('auth_username: the login at the mail server · it has no password'), expect.stringContaining('"auth_secret"')])
  })

  it('makes headers of the ways to log in at a webhook', () => {
    const url = 'url: "http://127.0.0.1/"'
    const headers = (http: string): unknown => notify(receiver(`webhook_configs: [{ ${url}, http_config: ${http} }]`))
    expect(headers('{ authorization: { credentials: t } }')).toMatchObject({ ops: { headers: { Authorization: 'Bearer t' } } })
    expect(headers('{ authorization: { type: Token, credentials_file: /t } }')).toMatchObject({ ops: { headers: { Authorization: 'Token ${file:/t}' } } })
    expect(headers('{ bearer_token: t }')).toMatchObject({ ops: { headers: { Authorization: 'Bearer t' } } })
    expect(headers('{ basic_auth: { username: u, password: p } }')).toMatchObject({ ops: { headers: { Authorization: `Basic ${Buffer.from('u:p').toString('base64')}` } } })
    expect(headers('{ http_headers: { X-A: { values: [a, b], secrets: [c], files: [/d] } } }')).toMatchObject({ ops: { headers: { 'X-A': 'a, b, c, ${file:/d}' } } })
    expect(notify(receiver(`webhook_configs: [{ ${url}, max_alerts: 0, timeout: 1m30s, send_resolved: false }]`))).toEqual({ ops: { use: 'webhook', url: 'http://127.0.0.1/', timeout: '90s', sendResolved: false } })
  })

  it('takes the settings of the connection from the receiver, else from the global ones', () => {
    const global = 'global: { http_config: { authorization: { credentials: g } } }'
    expect(notify(receiver(HOOK, global))).toMatchObject({ ops: { headers: { Authorization: 'Bearer g' } } })
    expect(notify(receiver('webhook_configs: [{ url: "http://127.0.0.1/", http_config: {} }]', global))).toEqual({ ops: { use: 'webhook', url: 'http://127.0.0.1/' } })
  })

  it('tells a bot of Slack from a webhook, and keeps it from editing where Alertmanager does not', () => {
    const bot = 'api_url: https://slack.com/api/chat.postMessage, http_config: { authorization: { credentials: t } }'
    expect(notify(receiver(`slack_configs: [{ channel: '#ops', ${bot} }]`))).toEqual({ ops: { use: 'slack', channel: '#ops', token: 't', update: false, sendResolved: false } })
    expect(notify(receiver(`slack_configs: [{ channel: '#ops', update_message: true, ${bot} }]`))).toEqual({ ops: { use: 'slack', channel: '#ops', token: 't', sendResolved: false } })
    const lost = receiver(`slack_configs: [{ channel: '@me', ${bot} }]`)
    expect([notify(lost), listed(lost)]).toEqual([{}, [expect.stringContaining('slack_configs[0]: this Slack receiver')]])
  })

  it('names a variable for each secret that was removed', () => {
    const yaml = receiver('webhook_configs: [{ url: <secret> }]\n  slack_configs: [{ }]', 'global: { slack_api_url: <secret> }')
    expect(notify(yaml)).toEqual({ 'ops-webhook': { use: 'webhook', url: '${WEBHOOK_URL_1}' }, 'ops-slack': { use: 'slack', webhookUrl: '${SLACK_API_URL}', sendResolved: false } })
    expect(listed(yaml)).toEqual([
      '1 global.slack_api_url: the secret "slack_api_url" · it was removed from this file: set the environment variable SLACK_API_URL',
      '5 receivers[0].webhook_configs[0].url: the secret "url" · it was removed from this file: set the environment variable WEBHOOK_URL_1',
    ])
  })

  it('lists receivers whose address is a template', () => {
    const yaml = receiver(`webhook_configs: [{ url: 'http://{{ .x }}/' }]\n  sns_configs: [{ topic_arn: '{{ .x }}' }]\n  email_configs: [{ to: '{{ .x }}' }]`, MAIL)
    expect(notify(yaml)).toEqual({})
    expect(listed(yaml).filter((line) => line.includes('receiver ·'))).toHaveLength(3)
  })
})

describe('what Alertmanager refuses', () => {
  it('is told all at once, in the order of the file, with its places', () => {
    const yaml = `route:\n  receiver: opps\n  group_interval: 0s\n  routes:\n  - group_wait: soon\n    match_re: { a: '(' }\n    matchers: [b, '{c=~"["}']\n    continue: perhaps\nreceivers:\n- name: ops\n- webhook_configs: x\n`
    expect(refusals(yaml).map((line) => line.split(' · ').slice(0, 2).join(' · '))).toEqual([
      'E106 unknown receiver "opps" · am.yml:2:13',
      'E103 "group_interval" cannot be zero · am.yml:3:19',
      'E104 "route.routes[0].group_wait" is not a duration of Prometheus · am.yml:5:17',
      expect.stringMatching(/^E103 the pattern of a=~"\(" cannot be read.* · am\.yml:6:20$/),
      expect.stringMatching(/ · am\.yml:7:16$/),
      expect.stringMatching(/^E103 the pattern of c=~"\[" cannot be read.* · am\.yml:7:19$/),
      'E103 "route.routes[0].continue" must be true or false · am.yml:8:15',
      'E103 a receiver has no name · am.yml:11:3',
      'E103 "receivers[1].webhook_configs" must be a list · am.yml:11:20',
    ])
  })

  it.each([
    ['a range past midnight', '[{ start_time: "22:00", end_time: "06:00" }]', /Alertmanager has no range past midnight/],
    ['a time there is not', '[{ start_time: "22:00", end_time: "25:00" }]', /end_time/],
    ['a start without an end', '[{ start_time: "22:00" }]', /end_time/],
  ])('%s', (_what, times, message) => {
    expect(refusals(`${ROUTE}receivers: [{ name: ops }]\ntime_intervals:\n- name: n\n  time_intervals:\n  - times: ${times}\n`)).toEqual([expect.stringMatching(message)])
  })

  it('a file that is no YAML, or holds a key twice', () => {
    expect(refusals('route: {')).toEqual([expect.stringMatching(/^E111 /)])
    expect(refusals(`${ROUTE}${ROUTE}receivers: [{ name: ops }]`)).toEqual([expect.stringMatching(/^E111 the key "route" stands twice · am\.yml:2:1/)])
    expect(refusals('- a').map((line) => line.slice(0, 35))).toEqual(['E103 the file must be a map · am.ym', 'E103 there is no route · am.yml:1:1'])
  })

  it('never shows a secret', () => {
    const secrets = `global: { smtp_auth_password: hunter22, smtp_auth_password_file: x, slack_api_url: "ftp://hunter22", opsgenie_api_key: [hunter22] }\n${ROUTE}receivers:\n- name: ops\n  pagerduty_configs: [{ routing_key: hunter22, service_key: hunter22, service_key_file: hunter22, nonsense: hunter22 }]\n  webhook_configs: [{ url: hunter22, url_file: hunter22 }]\n  slack_configs: [{ app_token: hunter22, api_url: "http://hunter22" }]\n`
    const problems = refusals(secrets)
    expect(problems.length).toBeGreaterThan(4)
    expect(problems.join('\n')).not.toContain('hunter22')
    const fine = receiver('pagerduty_configs: [{ routing_key: hunter22 }]\n  opsgenie_configs: [{ api_key: hunter22 }]\n  webhook_configs: [{ url: "http://127.0.0.1/", http_config: { oauth2: { client_secret: hunter22 } } }]', 'global: { smtp_auth_password: hunter22, unknown_secret: hunter22 }')
    expect(listed(fine)).toHaveLength(5)
    expect(listed(fine).join('\n')).not.toContain('hunter22')
  })
})
