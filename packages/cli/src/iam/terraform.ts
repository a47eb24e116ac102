import type { Policy, Statement } from './policies.ts'

/** Policies as Terraform's `aws_iam_policy_document`, one data source for each identity. */
export function terraform(policies: readonly Policy[]): string[] {
  return policies.flatMap(({ identity, document }, index) => [
    ...(index === 0 ? [] : ['']),
    `# ${identity}`,
    `data "aws_iam_policy_document" ${text(nameOf(identity, index))} {`,
    ...document.Statement.flatMap((statement, place) => [...(place === 0 ? [] : ['']), ...block(statement)]),
    '}',
  ])
}

const block = ({ Sid, Effect, Action, Resource }: Statement): string[] => [
  '  statement {',
  `    sid       = ${text(Sid)}`,
  `    effect    = ${text(Effect)}`,
  `    actions   = ${list(Action)}`,
  `    resources = ${list(Resource)}`,
  '  }',
]

const list = (texts: readonly string[]): string => `[${texts.map(text).join(', ')}]`

/** JSON's escapes are those of HCL, but for the beginnings of templates. */
const text = (value: string): string => JSON.stringify(value).replaceAll(/[$%]\{/g, (open) => `${open.charAt(0)}${open}`)

/** `tocsin`, `tocsin_profile_dev`, `tocsin_123456789012_role_monitoring`. */
function nameOf(identity: string, index: number): string {
  if (index === 0 && !identity.startsWith('arn:')) return 'tocsin'
  const [, , , , account, role] = identity.split(':')
  return `tocsin_${(role === undefined ? identity : `${account}_${role}`).replaceAll(/[^A-Za-z0-9]+/g, '_')}`
}
