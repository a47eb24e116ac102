import { composeMessage, type Message } from '@tocsin/core'
import { aNotification, aNotifiedAlert, aResource, aSubject, sendContext } from '@tocsin/core/testing'
import { shownText, type SlackMessage, startSlackStandIn } from '@tocsin/dev-tools'
import { LogLevel, WebClient } from '@slack/web-api'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { layoutMessage, layoutReply } from './layout.ts'
import { layoutReport } from './layout-report.ts'
import { slack } from './slack.ts'

const workspace = await startSlackStandIn()
beforeEach(() => workspace.clear())
afterAll(() => workspace.stop())

const post = async (notification: ReturnType<typeof aNotification>, previous?: string) => {
  const { token, apiUrl } = workspace
  return slack({ channel: '#ops', token, apiUrl }).open().send(notification, sendContext(previous === undefined ? {} : { previous }))
}
const firstMessage = (): SlackMessage => {
  const [message] = workspace.messages
  if (!message) throw new Error('nothing was posted')
  return message
}
const HOSTILE = '<!channel> <http://evil.example|click> *bold* `code` :aws: @here &lt;'

it('shows what names, tags and annotations hold, and obeys none of it', async () => {
  const resource = aResource({ id: `arn:aws:ec2::${HOSTILE}`, name: HOSTILE, account: HOSTILE, tags: { [HOSTILE]: HOSTILE } })
  const subject = aSubject({ resource, dimensions: { mount: HOSTILE }, annotations: { summary: HOSTILE, runbook: `https://wiki.example/|<!here>?a&b#"` } })
  const alert = aNotifiedAlert({ subject, reason: HOSTILE })
  for (const alerts of [[alert], [alert, { ...alert, subject: { ...subject, annotations: { runbook: HOSTILE } } }]]) {
    expect((await post(aNotification({ alerts, alsoFiring: { lines: [HOSTILE], count: 1 } }))).outcome).toBe('delivered')
  }
  expect((await post(aNotification({ reason: 'new', alerts: [alert, alert] }), 'C0000000OPS:1.000000:warning')).outcome).toBe('delivered')
  const sent = JSON.stringify(workspace.messages)
  expect(sent).not.toMatch(/<!|<http:\/\/evil/)
  // The only markup is our own: bold names of facts, and the link to the runbook.
  const markup = texts(workspace.messages).filter(({ type }) => type === 'mrkdwn')
  expect(new Set(markup.map(({ text }) => text.replace(/^\*[\w ]+\*$/, '*fact*')))).toEqual(new Set(['*fact*', '<https://wiki.example/%7C%3C!here%3E?a&amp;b#%22|Runbook>']))
  expect(markup.every(({ verbatim }) => verbatim === true)).toBe(true)
  expect(texts(workspace.messages).filter(({ type }) => type === 'plain_text').every(({ emoji }) => emoji === false)).toBe(true)
  // All of it can still be read.
  expect(shownText(firstMessage())).toContain(HOSTILE)
})

it('tells five hundred alerts within Slack\'s limits, and counts what it leaves out', async () => {
  const alerts = Array.from({ length: 500 }, (_, index) => aNotifiedAlert({ subject: aSubject({ fingerprint: String(index), resource: aResource({ id: `i-${index}`, name: `web-${index}` }) }) }))
  expect((await post(aNotification({ alerts, watched: 500 }))).outcome).toBe('delivered')
  const shown = shownText(firstMessage())
  const lines = shown.match(/RED web-\d+ cpu/g)?.length ?? 0
  expect(lines).toBe(50)
  expect(shown).toContain('and 450 more')
})

it.each(['<', '"', '\\', 'é', '😀', 'x'])('stays within the limits whatever the texts hold: %s', async (character) => {
  const long = character.repeat(6_000)
  const message: Message = {
    title: long,
    topic: long,
    level: 'critical',
    status: 'firing',
    summary: long,
    facts: Array.from({ length: 12 }, () => ({ name: long, value: long })),
    lines: [],
    runbook: `https://wiki.example/${'a'.repeat(1_400)}`,
    test: false,
  }
  const group = { ...message, facts: message.facts.slice(0, 3), lines: Array.from({ length: 500 }, () => long) }
  const { token, apiUrl } = workspace
  const client = new WebClient(token, { slackApiUrl: apiUrl, logLevel: LogLevel.ERROR })
  const report = { title: long, summary: long, facts: message.facts, lines: group.lines }
  for (const layout of [layoutMessage(message, '<!here>'), layoutMessage(group, '<!here>'), layoutReply(group, group.lines, '<!here>'), layoutReport(report)]) {
    expect(await client.chat.postMessage({ channel: '#ops', ...layout })).toMatchObject({ ok: true })
  }
})

it('obeys nothing of a report, and shows a title that is too long for a header below it, too', () => {
  const title = `Week 34: ${'2 red, '.repeat(30)}5 amber`
  const layout = layoutReport({ title, summary: HOSTILE, facts: [{ name: 'No data', value: HOSTILE }], lines: [HOSTILE] })
  expect(JSON.stringify(layout)).not.toMatch(/<!|<http:\/\/evil/)
  expect(shownText(layout).match(/5 amber/g)).toHaveLength(1)
  expect(texts(layout).filter(({ type }) => type === 'mrkdwn').map(({ text }) => text)).toEqual(['*No data*'])
})

it('shows a runbook that is no web address as text, and leaves out what is empty', () => {
  const subject = aSubject({ annotations: { runbook: 'javascript:alert(1)', summary: '' }, resource: aResource({ id: '' }) })
  const layout = layoutMessage(composeMessage(aNotification({ alerts: [aNotifiedAlert({ subject })] })), undefined)
  expect(shownText(layout)).toContain('Runbook: javascript:alert(1)')
  expect(JSON.stringify(layout)).not.toMatch(/"text":""/)
})

interface Text {
  readonly type: string
  readonly text: string
  readonly verbatim?: boolean
  readonly emoji?: boolean
}

/** Every text object, however deep. */
function texts(value: unknown): Text[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'type' in value && (value.type === 'mrkdwn' || value.type === 'plain_text') ? [value as Text] : []
  return [...own, ...Object.values(value).flatMap(texts)]
}
