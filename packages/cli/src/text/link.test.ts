import { expect, it } from 'vitest'
import { consoleLink, runbookLink } from '../view/alert-links.ts'
import { columns } from './columns.ts'
import { linked, linkFor, unlinked } from './link.ts'

const for_ = (env: NodeJS.ProcessEnv, isTTY = true) => linkFor({ stdout: { isTTY }, env })

it('links where the terminal is known to show it, and nowhere else', () => {
  for (const env of [{ TERM_PROGRAM: 'iTerm.app' }, { VTE_VERSION: '6800' }, { TERM: 'xterm-kitty' }, { WT_SESSION: 'x' }, { FORCE_HYPERLINK: '1', TERM: 'dumb' }]) expect(for_(env)).toBe(linked)
  for (const env of [{}, { VTE_VERSION: '5000' }, { TERM: 'xterm-256color' }, { TERM_PROGRAM: 'iTerm.app', CI: '1' }, { TERM_PROGRAM: 'vscode', TERM: 'dumb' }, { WT_SESSION: 'x', FORCE_HYPERLINK: '0' }]) expect(for_(env)).toBe(unlinked)
  expect(for_({ TERM_PROGRAM: 'iTerm.app' }, false)).toBe(unlinked)
})

it('links the web, escaped, and nothing that a program could be started by', () => {
  expect(linked('https://wiki/x y\u001B]8;;', 'web')).toBe('\u001B]8;;https://wiki/x%20y%1B]8;;\u001B\\web\u001B]8;;\u001B\\')
  for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'no address']) expect(linked(url, 'web')).toBe('web')
})

it('takes no room in a table', () => {
  const rows = [[{ text: 'web', link: 'https://wiki/1' }, { text: 'x' }], [{ text: 'a longer one' }, { text: 'y' }]]
  const plain = columns([{ title: 'A' }, { title: 'B' }], rows)
  const table = columns([{ title: 'A' }, { title: 'B' }], rows, { link: linked })
  expect(table[1]).toBe(plain[1]?.replace('web', linked('https://wiki/1', 'web')))
  expect([table[0], table[2]]).toEqual([plain[0], plain[2]])
})

it('leads from an ARN to the console of its partition, and from a rule to its runbook', () => {
  expect(consoleLink({ id: 'arn:aws:ec2:us-west-2:123456789012:instance/i-0abc' })).toEqual({ link: 'https://console.aws.amazon.com/go/view?arn=arn%3Aaws%3Aec2%3Aus-west-2%3A123456789012%3Ainstance%2Fi-0abc' })
  expect(consoleLink({ id: 'arn:aws-cn:s3:::b' })).toEqual({ link: 'https://console.amazonaws.cn/go/view?arn=arn%3Aaws-cn%3As3%3A%3A%3Ab' })
  expect([consoleLink({ id: 'host:web' }), consoleLink({ id: 'arn:elsewhere:x' }), runbookLink({ annotations: {} })]).toEqual([{}, {}, {}])
  expect(runbookLink({ annotations: { runbook: 'https://wiki/cpu' } })).toEqual({ link: 'https://wiki/cpu' })
})
