import type { ValueSources } from '@tocsin/core'
import { secretsManagerSource } from './secrets-manager.ts'
import { ssmSource } from './ssm.ts'

/** What fills in `${ssm:/path}` and `${secretsmanager:id}`: core imports this module when a configuration has such a placeholder. */
export const valueSources = { ssm: ssmSource, secretsmanager: secretsManagerSource } satisfies ValueSources
