import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { readValue, type Secret, type SharedKey, TocsinError, type ValueContext, type ValueSource } from '@tocsin/core'
import { z } from 'zod'
import { arnOf } from '../permissions.ts'
import type { AwsService } from '../target.ts'
import { readSecret, secretPermissions, type Wanted } from './read-secret.ts'

const SECRETS_MANAGER: AwsService<SecretsManagerClient> = {
  name: 'secretsmanager',
  load: async () => {
    const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
    return (config) => new SecretsManagerClient(config)
  },
}

/** Secrets of a load by their ids: several keys of one are several values. */
const SECRETS: SharedKey<Map<string, Promise<string>>> = { name: 'secrets of Secrets Manager', create: () => new Map() }

/** A name or an ARN, then perhaps a key. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const NAME = /^(?<id>(?:arn:[a-z-]+:secretsmanager:(?<region>[a-z0-9-]+):\d{12}:secret:)?[\w/+=.@-]+)(?:#(?<key>.+))?$/s

const members = z.record(z.string(), z.unknown())

/** `${secretsmanager:id}` and `${secretsmanager:id#key}`. */
export const secretsManagerSource: ValueSource = {
  async read(name, context) {
    const wanted = wantedOf(name)
    if (wanted === undefined) throw new TocsinError('E103', `"${name}" cannot name a secret`, { fix: 'write ${secretsmanager:id}, ${secretsmanager:id#key} or its ARN; it takes no default' })
    const secrets = context.services.shared(SECRETS)
    const asked = secrets.get(wanted.id) ?? secretOf(wanted, context)
    secrets.set(wanted.id, asked)
    return wanted.key === undefined ? asked : memberOf(await asked, wanted.key, wanted.label)
  },
  permissions(name) {
    const wanted = wantedOf(name)
    return wanted === undefined ? [] : secretPermissions(wanted, 'secretsmanager', 'GetSecretValue', 'secret')
  },
}

/**
 * The value of a secret of Secrets Manager, for configurations in TypeScript: `slack({ token: await secretsManager('tocsin/slack#token') })`.
 * An option that takes no `Secret` takes `(await secretsManager('id')).reveal()`.
 *
 * @param name a name or an ARN, whose region is asked; `#key` for one key of a secret that is a JSON object. Default region: AWS_REGION or the profile's.
 * @throws TocsinError E110 when there is no such secret, no such key, or no text; E201 with the action that is missing, E202, E204, E205, E206;
 *   E103 when it cannot be a name.
 */
export function secretsManager(name: string): Promise<Secret> {
  return readValue(secretsManagerSource, 'secretsmanager', name, secretsManager)
}

async function secretOf(wanted: WantedSecret, context: ValueContext): Promise<string> {
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager')
  const { SecretString } = await readSecret(
    wanted,
    {
      service: SECRETS_MANAGER,
      api: 'GetSecretValue',
      run: (client, options) => client.send(new GetSecretValueCommand({ SecretId: wanted.id }), options),
      missing: ['ResourceNotFoundException'],
    },
    context,
  )
  if (!SecretString) throw new TocsinError('E110', `${wanted.label}: it holds no text`, { fix: 'store a SecretString: binary secrets are not read' })
  return SecretString
}

/** A member that is text as it is, and any other as JSON. What cannot be read is not quoted, nor is its cause: both hold the secret. */
function memberOf(text: string, key: string, label: string): string {
  const parsed = members.safeParse(jsonOf(text))
  if (!parsed.success) throw new TocsinError('E110', `${label}: it is not a JSON object`, { fix: 'leave out "#" and what follows, to read all of it' })
  const value = Object.hasOwn(parsed.data, key) ? parsed.data[key] : undefined
  if (value === undefined || value === null || value === '') throw new TocsinError('E110', `${label}: it has no key ${JSON.stringify(key)}, or nothing under it`, { fix: 'check the key behind "#"' })
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface WantedSecret extends Wanted {
  readonly id: string
  readonly key: string | undefined
}

/** Six characters, which policies leave open, end the ARN of every secret. */
const ENDING = /-[A-Za-z0-9]{6}$/

function wantedOf(name: string): WantedSecret | undefined {
  const { id, region, key } = NAME.exec(name)?.groups ?? {}
  if (id === undefined) return undefined
  const arn = region === undefined ? arnOf({ service: 'secretsmanager' }, `secret:${id}-??????`) : ENDING.test(id) ? id : `${id}-??????`
  return { label: `secret "${id}"`, region, arn, id, key }
}
