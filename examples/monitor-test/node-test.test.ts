import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('runs in node:test as well', { timeout: 30_000 }, async () => {
  // Without it, node takes itself for a part of the run of tests that started it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', '--test', '--test-reporter=tap', 'monitor.node.ts'], { cwd: import.meta.dirname, env })
  expect(stdout).toMatch(/^ok 1 - three minutes above 80 are red$/m)
})
