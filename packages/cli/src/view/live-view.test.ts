import { EventEmitter } from 'node:events'
import { consoleNotifier, defineCollector, defineMonitor, defineNotifier, delivered, memoryStore } from '@tocsin/core'
import { afterEach, expect, it, vi } from 'vitest'
import type { Job } from '../run/job.ts'
import { aCycle, anAlert, anObservation, NOON } from '../testing/builders.ts'
import { unpainted } from '../text/paint.ts'
import { liveView } from './live-view.ts'
import type { RunView } from './run-view.ts'

const ESC = '\u001B['
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`

let view: RunView | undefined
afterEach(() => view?.close())

/** A terminal that keeps what is written to it. */
class FakeTerminal extends EventEmitter {
  readonly isTTY = true
  columns = 60
  rows = 16
  written = ''

  write(text: string | Uint8Array): boolean {
    this.written += String(text)
    return true
  }

  /** The newest frame, as lines without its escape sequences. */
  frame(): string[] {
    const newest = this.written.slice(this.written.lastIndexOf(`${ESC}?2026h`))
    return newest.split('\r\n').map((line) => line.replaceAll(/\u001B\[[?\d]*[A-Za-z]/g, '')).filter((line, index, all) => line !== '' || index < all.length - 1)
  }
}

const sink = defineNotifier({ name: 'sink', create: () => ({ send: async () => delivered() }) })
const fake = defineCollector({ name: 'fake', metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } }, create: () => ({ async *collect() {} }) })

function open(notify: Parameters<typeof defineMonitor>[0]['notify'], over: Partial<Job> = {}): { terminal: FakeTerminal; view: RunView } {
  const terminal = new FakeTerminal()
  const shell = { stdout: terminal, stderr: terminal, interactive: true, env: {}, cwd: '/', now: () => NOON, stop: new AbortController().signal, unread: new AbortController().signal, onReload: () => () => {}, onCrash: () => {} }
  const invocation = { shell, config: undefined, json: false, debug: false, paint: unpainted, options: {}, args: [] }
  view = liveView({ monitor: defineMonitor({ name: 'main', every: '5s', watch: [fake({})], notify }), store: memoryStore(), stateFile: '/state/main.sqlite', invocation, dryRun: false, standby: false, ...over }, [])
  return { terminal, view }
}

const fired = aCycle({
  observations: [anObservation('web-3', { value: 91, level: 'critical', phase: 'firing' }), anObservation('web-1')],
  alerts: [anAlert('web-3', 'critical')],
  transitions: [{ fingerprint: anAlert('web-3', 'critical').subject.fingerprint, monitor: 'main', at: NOON, kind: 'fired', from: 'none', to: 'critical', value: 91, code: 'enoughHot', reason: '> 80%' }],
})

it('shows how to add AWS and Slack until there is something to show', () => {
  const { terminal } = open({ ops: sink() })
  expect(terminal.written.startsWith(`${ESC}?1049h${ESC}?25l${ESC}?7l`)).toBe(true)
  expect(terminal.frame().join(' ')).toMatch(/first pass under way.*to watch AWS: .*to tell Slack: .*Ctrl-C stops · alerts are kept in \/state\/main\.sqlite/)
})

it('draws each pass in place, with the changes below the table', () => {
  const { terminal, view } = open({ ops: sink() })
  view.cycle(fired)
  view.cycle({ ...fired, transitions: [] })
  expect(terminal.frame().slice(0, 5)).toEqual([
    'main · 2 watched · 1 red · 0 amber · every 5s · pass 2 at 1…',
    '',
    expect.stringMatching(/^STATE +RESOURCE +METRIC/),
    expect.stringMatching(/^RED +web-3 +cpu +91% +10m +> 80%/),
    expect.stringMatching(/^OK +web-1 +cpu +42%/),
  ])
  expect(terminal.frame().join('\n')).toContain('12:00:00 RED web-3 cpu 91% (> 80%) · prod us-west-2')
})

it('does not tell a change twice where a console notifier tells it', () => {
  const { terminal, view } = open({ terminal: consoleNotifier(), ops: sink() })
  view.cycle(fired)
  expect(terminal.frame().join('\n')).not.toContain('RED web-3')
  view.message('RED web-3 cpu 91%\n  Since: \u001B[2Jnow')
  view.delivery({ receiver: 'terminal', key: 'k', reason: 'first', title: 'RED web-3', attempt: 1, result: delivered(), givenUp: false })
  view.delivery({ receiver: 'ops', key: 'k', reason: 'first', title: 'RED web-3', attempt: 1, result: { outcome: 'retryable', reason: '503 busy' }, givenUp: false })
  view.delivery({ receiver: 'ops', key: 'k', reason: 'first', title: 'RED web-3', attempt: 2, result: delivered(), givenUp: false })
  const said = terminal.frame().slice(-7).join('\n')
  expect(said).toContain('12:00:00 RED web-3 cpu 91%\n  Since: now\n12:00:00 E300 ops was not told "RED web-3": 503 busy')
  expect(said).toContain('12:00:00 told ops\n')
  expect(said).not.toContain('told terminal')
})

it('fits a changed size at once', () => {
  const { terminal, view } = open({ ops: sink() })
  view.cycle(fired)
  Object.assign(terminal, { columns: 30, rows: 6 })
  terminal.emit('resize')
  expect(terminal.frame().length).toBeLessThanOrEqual(6)
  expect(terminal.frame()[0]).toBe('main · 2 watched · 1 red · 0 …')
})

it('comes back after the job was stopped and continued', () => {
  const { terminal, view } = open({ ops: sink() })
  const stopped = vi.spyOn(process, 'kill').mockReturnValue(true)
  process.emit('SIGTSTP')
  expect(terminal.written.endsWith(LEAVE)).toBe(true)
  expect(stopped).toHaveBeenCalledWith(process.pid, 'SIGSTOP')
  process.emit('SIGCONT')
  expect(terminal.written.split(`${ESC}?1049h`)).toHaveLength(3)
  view.close()
  stopped.mockRestore()
})

it('gives the terminal back once, leaves the last table, and listens no more', () => {
  const before = ['SIGTSTP', 'SIGCONT', 'exit'].map((event) => process.listenerCount(event))
  const { terminal, view } = open({ ops: sink() })
  view.cycle(fired)
  view.close()
  view.close()
  const [, after = '', ...more] = terminal.written.split(LEAVE)
  expect(more).toEqual([])
  expect(after).toMatch(/RED +web-3[\s\S]*12:00:00 RED web-3 cpu 91%[\s\S]*stopped\n$/)
  expect(after).not.toContain(ESC)
  expect(['SIGTSTP', 'SIGCONT', 'exit'].map((event) => process.listenerCount(event))).toEqual(before)
  expect(terminal.listenerCount('resize')).toBe(0)
  const length = terminal.written.length
  view.message('late')
  expect(terminal.written).toHaveLength(length)
})
