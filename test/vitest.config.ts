import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Limits that only a hang exceeds: the machine may be busy.
const shared = { exclude: ['**/node_modules/**', '**/dist/**'], testTimeout: 30_000, hookTimeout: 60_000 }

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    projects: [
      {
        extends: true,
        test: { ...shared, name: 'parts', include: ['{packages,plugins}/*/src/**/*.test.ts', 'examples/*/**/*.test.ts', 'test/conventions/**/*.test.ts', 'test/conformance/**/*.test.ts', 'test/published/**/*.test.ts', 'test/security/**/*.test.ts'], sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        // Alone and one after the other: the stress test measures the machine that the others keep busy.
        test: { ...shared, name: 'acceptance', include: ['test/acceptance/**/*.test.ts'], fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
