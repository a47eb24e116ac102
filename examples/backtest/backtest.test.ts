import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { backtest, filePast, summarize, tryOptions } from '@tocsin/core'
import { expect, it } from 'vitest'
import monitor from './tocsin.config.ts'

const HERE = import.meta.dirname
const DATA = join(HERE, '../../test/bench/nab/data/realAWSCloudwatch/ec2_cpu_utilization_fe7f93.csv')

it('says from a program what values would have come to', async () => {
  const [rule] = monitor.watch[0]?.rules ?? []
  if (rule === undefined) throw new Error('the monitor has one rule')
  const past = await filePast([{ path: DATA, name: 'web-1' }], { rule })
  const pages = async (critical: number): Promise<number> => {
    const tried = tryOptions(monitor, rule.name, { critical })
    return summarize(await backtest(tried, { windows: past.windows() }), tried).pages
  }
  expect([await pages(60), await pages(85)]).toEqual([52, 2])
})

it('prints what its README shows', { timeout: 30_000 }, async () => {
  const readme = await readFile(join(HERE, 'README.md'), 'utf8')
  const [, command = '', shown] = /```console\n\$ tocsin ([^\n]*)\n(.*?)```/s.exec(readme) ?? []
  const tocsin = ['--conditions=source', join(HERE, '../../packages/cli/src/main.ts')]
  const { stdout } = await promisify(execFile)(process.execPath, [...tocsin, ...command.split(' ')], { cwd: HERE, env: { PATH: process.env['PATH'], NO_COLOR: '1' } })
  expect(stdout).toBe(shown)
})
