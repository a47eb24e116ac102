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

const shownIn = async (readme: string): Promise<[command: string, shown: string][]> =>
  [...(await readFile(join(HERE, readme), 'utf8')).matchAll(/```console\n\$ tocsin (backtest --in [^\n]*)\n(.+?)```/gs)].map(([, command = '', shown = '']) => [command, shown])
const blocks = [...(await shownIn('README.md')), ...(await shownIn('../../packages/cli/README.md'))]

it.each(blocks)('prints what is shown: %s', { timeout: 30_000 }, async (command, shown) => {
  const tocsin = ['--conditions=source', join(HERE, '../../packages/cli/src/main.ts')]
  const { stdout } = await promisify(execFile)(process.execPath, [...tocsin, ...command.split(' ')], { cwd: HERE, env: { PATH: process.env['PATH'], NO_COLOR: '1' } })
  // The first report is shown to its end, the others down to the plot.
  expect(shown.includes('RULE ') ? stdout : stdout.slice(0, stdout.indexOf('\nRULE '))).toBe(shown)
})

it('is shown by three plots of real instances', () => {
  expect(blocks).toHaveLength(3)
})
