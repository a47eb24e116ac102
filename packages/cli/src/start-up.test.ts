import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** What a file imports before it does anything, values only, and what those import in turn. */
function loaded(file: URL, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file.href)) return seen
  seen.add(file.href)
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )(?:[^'\n]* from )?'([^']+)'/gm)) {
    if (specifier.startsWith('.')) loaded(new URL(specifier, file), seen)
    else seen.add(specifier)
  }
  return seen
}

it('takes little to say what commands there are: neither the core nor its schemas', () => {
  const start = new URL('start.ts', import.meta.url)
  expect([...loaded(start)].filter((one) => !one.startsWith('file:') && !one.startsWith('node:')).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['@tocsin/core/one-line', '@tocsin/core/printable', 'commander'])
})
