import { link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { scratch, tocsin } from '../testing/cli.ts'

const POINTS = 'timestamp,value\n2026-01-05 00:00:00,1\n'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
  await mkdir(join(folder, 'data'))
  await mkdir(join(folder, 'other'))
  await writeFile(join(folder, 'data/a.csv'), POINTS)
  await symlink(join(folder, 'data'), join(folder, 'linked'))
  await symlink(join(folder, 'data/a.csv'), join(folder, 'other/a.csv'))
  await mkdir(join(folder, 'hard'))
  await link(join(folder, 'data/a.csv'), join(folder, 'hard/a.csv'))
})

it.each([
  ['a folder that is another name of it', ['--in', 'data', '--out', 'linked'], '--out lies in --in'],
  ['a folder that is read by another name', ['--in', 'linked', '--out', 'data'], '--out lies in --in'],
  ['a file that leads to one of it', ['--in', 'data', '--out', 'other'], 'a.csv in --out is a file of --in'],
  ['a file that is one of it', ['--in', 'data', '--out', 'hard'], 'a.csv in --out is a file of --in'],
])('what is read is not written over: %s', async (_how, args, what) => {
  const { code, stderr } = await tocsin(['backtest', ...args], folder)
  expect([code, stderr]).toEqual([2, `E600 ${what} · tocsin backtest · write to a folder that is not read\n`])
  expect(await readFile(join(folder, 'data/a.csv'), 'utf8')).toBe(POINTS)
})
