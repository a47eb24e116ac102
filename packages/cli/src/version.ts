import { readFileSync } from 'node:fs'

/** The version of this package. Read without a schema: every start of the command needs it, and loading one takes as long as all the rest. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest && typeof manifest.version === 'string') return manifest.version
  throw new TypeError('the manifest of this package names no version')
}
