import { expect, it } from 'vitest'
import type { Shell, Stream } from '../shell.ts'
import { openProgressBar } from './progress-bar.ts'

function bar(stream: Partial<Stream>, json = false) {
  const written: string[] = []
  let now = 0
  const stderr: Stream = { write: (text) => void written.push(text), on: () => {}, off: () => {}, ...stream }
  const shell: Shell = { stdout: stderr, stderr, interactive: false, env: {}, cwd: '/', now: () => now, stop: new AbortController().signal, unread: new AbortController().signal, onReload: () => () => {}, onCrash: () => {} }
  return { bar: openProgressBar({ shell, json }), written, wait: (ms: number) => (now += ms) }
}

it('is drawn in place on a terminal, now and then, and taken away', () => {
  const { bar: shown, written, wait } = bar({ isTTY: true, columns: 40 })
  shown.show('the past', 0.5)
  shown.show('the past', 0.6)
  wait(100)
  shown.show('the past that is far too long to be shown', 1.2)
  shown.clear()
  shown.clear()
  expect(written).toEqual(['\r\u001B[2K████████████░░░░░░░░░░░░  50% the past', `\r\u001B[2K${'█'.repeat(24)} 100% the past `, '\r\u001B[2K'])
  expect(written[1]?.length).toBe('\r\u001B[2K'.length + 39)
})

it('is not there elsewhere, nor beside JSON', () => {
  for (const { bar: hidden, written } of [bar({}), bar({ isTTY: true }, true)]) {
    hidden.show('the past', 0.5)
    hidden.clear()
    expect(written).toEqual([])
  }
})

it('shows names of files as what they are: no control characters', () => {
  const { bar: shown, written } = bar({ isTTY: true })
  shown.show('a\u001B[2J\nb.csv', 0)
  expect(written[0]?.slice('\r\u001B[2K'.length)).not.toMatch(/[\u0000-\u001F]/)
})
