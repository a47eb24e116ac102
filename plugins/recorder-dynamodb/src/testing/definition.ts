import { readFileSync } from 'node:fs'
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { z } from 'zod'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const schema = z.custom<CreateTableCommandInput>((value) => typeof value === 'object' && value !== null && 'KeySchema' in value)

/** The table as the README defines it. */
export const definition = schema.parse(JSON.parse(/```json\n(\{\n  "TableName"[^]*?\n\})\n```/.exec(readme)?.[1] ?? 'null'))
