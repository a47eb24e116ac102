import { writeFile } from 'node:fs/promises'
import { configurationReference } from './config-reference.ts'

await writeFile(new URL('../../packages/core/CONFIGURATION.md', import.meta.url), await configurationReference())
