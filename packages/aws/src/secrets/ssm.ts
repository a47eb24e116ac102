import type { SSMClient } from '@aws-sdk/client-ssm'
import { readValue, type Secret, TocsinError, type ValueSource } from '@tocsin/core'
import { arnOf } from '../permissions.ts'
import type { AwsService } from '../target.ts'
import { readSecret, secretPermissions, type Wanted } from './read-secret.ts'

const SSM: AwsService<SSMClient> = {
  name: 'ssm',
  load: async () => {
    const { SSMClient } = await import('@aws-sdk/client-ssm')
    return (config) => new SSMClient(config)
  },
}

/** A path, a plain name or an ARN; then perhaps a version or a label. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
const NAME = /^(?:arn:[a-z-]+:ssm:(?<region>[a-z0-9-]+):\d{12}:parameter(?=\/))?(?<path>[\w./-]+)(?<version>:\w[\w.-]*)?$/

/** `${ssm:/path}`. */
export const ssmSource: ValueSource = {
  async read(name, context) {
    const wanted = wantedOf(name)
    if (wanted === undefined) throw new TocsinError('E103', `"${name}" cannot name a parameter`, { fix: 'write ${ssm:/path}, ${ssm:/path:version} or its ARN; it takes no default' })
    const { GetParameterCommand } = await import('@aws-sdk/client-ssm')
    const { Parameter } = await readSecret(
      wanted,
      {
        service: SSM,
        api: 'GetParameter',
        run: (client, options) => client.send(new GetParameterCommand({ Name: name, WithDecryption: true }), options),
        missing: ['ParameterNotFound', 'ParameterVersionNotFound'],
      },
      context,
    )
    if (!Parameter?.Value) throw new TocsinError('E110', `${wanted.label}: it has no value`, { fix: 'give it one' })
    return Parameter.Value
  },
  permissions(name) {
    const wanted = wantedOf(name)
    return wanted === undefined ? [] : secretPermissions(wanted, 'ssm', 'GetParameter', 'parameter')
  },
}

/**
 * The value of a parameter of SSM, decrypted, for configurations in TypeScript: `slack({ token: await ssm('/tocsin/slack-token') })`. An
 * option that takes no `Secret` takes `(await ssm('/path')).reveal()`.
 *
 * @param name a path, a name, either with `:version` or `:label`, or an ARN, whose region is asked. Default region: AWS_REGION or the profile's.
 * @throws TocsinError E110 when there is no such parameter, E201 with the action that is missing, E202, E204, E205, E206; E103 when it cannot be a name.
 */
export function ssm(name: string): Promise<Secret> {
  return readValue(ssmSource, 'ssm', name, ssm)
}

function wantedOf(name: string): Wanted | undefined {
  const { region, path, version = '' } = NAME.exec(name)?.groups ?? {}
  if (path === undefined) return undefined
  const arn = region === undefined ? arnOf({ service: 'ssm' }, `parameter${path.startsWith('/') ? '' : '/'}${path}`) : name.slice(0, name.length - version.length)
  return { label: `parameter "${name}"`, region, arn }
}
