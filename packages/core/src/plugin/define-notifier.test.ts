import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import { defineMonitor } from '../config/monitor.ts'
import { TocsinError } from '../errors.ts'
import { defineNotifier } from './define-notifier.ts'
import { delivered } from './delivery.ts'
import { thrownBy } from './thrown-by.ts'

const send = async () => delivered()
const missing = (name: string) => new TocsinError('E109', `environment variable ${name} is not set`, { fix: 'set it' })

it('asks the plugin what it lacks, but not to compose a monitor', () => {
  const check = vi.fn(({ needs }: { needs: string }) => [missing(needs)])
  const pager = defineNotifier({ name: 'pager', options: z.object({ needs: z.string() }), check, create: () => ({ send }) })
  const { notify } = defineMonitor({ watch: [], notify: { ops: pager({ needs: 'PAGER_KEY' }) } })
  expect(check).not.toHaveBeenCalled()
  expect(notify['ops']?.check().map(({ message }) => message)).toEqual(['environment variable PAGER_KEY is not set'])
  expect(pager({ needs: 1 as never }).check()).toEqual([])
  expect(check).toHaveBeenCalledTimes(1)
})

it('lacks nothing where the plugin does not say', () => {
  expect(defineNotifier({ name: 'bell', create: () => ({ send }) })().check()).toEqual([])
})

it('collects what steps throw, unless it is a fault of the plugin', () => {
  const fail = (error: Error) => () => {
    throw error
  }
  const [first, second] = [missing('A'), missing('B')]
  expect(thrownBy(fail(first), () => 1, fail(second))).toEqual([first, second])
  expect(() => thrownBy(fail(new TypeError('bug')))).toThrow('bug')
})
