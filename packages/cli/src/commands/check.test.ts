import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { FIXTURE, scratch, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

const WRONG = `import { defineMonitor } from '@tocsin/core'
import { host } from '@tocsin/collector-host'
import { threshold } from '@tocsin/evaluator-threshold'

export default defineMonitor({
  watch: [host({ cpuu: threshold({ critical: 80 }) }), host({ cpu: threshold({ critical: 80, for: '5min' }) })],
  notify: {},
})
`

describe('check', () => {
  it('says everything that is wrong at once, one a line, each with place and suggestion', async () => {
    await writeFile(join(folder, 'tocsin.config.ts'), WRONG)
    const { code, stdout, stderr } = await tocsin(['check'], folder)
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^E101 unknown metric "cpuu" of host · tocsin\.config\.ts:6:\d+ · did you mean "cpu"\?$/),
      expect.stringMatching(/^E104 .*"5min" · tocsin\.config\.ts:6:\d+ · write a number and/),
    ])
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('says what is watched, at what levels, and who is told', async () => {
    const { code, stdout } = await tocsin(['check', '--config', FIXTURE], folder)
    expect(stdout).toMatch(/is sound: monitor fixture, every 1s\n/)
    expect(stdout).toMatch(/^fake\.cpu +percent +AMBER, RED +at once +CPU$/m)
    expect(stdout).toMatch(/^RED +is told to ops \(sink\)$/m)
    expect(code).toBe(0)
  })
})
