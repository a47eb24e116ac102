import { duration, folderOptions, secret } from '@tocsin/core'
import { z } from 'zod'

const DAY = 86_400_000

export const s3Options = folderOptions.extend({
  bucket: z.string().regex(/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/, 'the name of a bucket: 3 to 63 lower case letters, digits, dots and dashes')
    .describe('The bucket, or the alias of an access point.'),
  prefix: z
    .string()
    .max(500)
    .transform((text) => text.replaceAll(/^\/+|\/+$/g, ''))
    .default('')
    .describe('What every key begins with: `tocsin/prod`. Default: nothing.'),
  region: z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as us-west-2').optional()
    .describe(`The bucket's region. Default: that of the profile, or of AWS_REGION; a bucket that is elsewhere is found.`),
  keepPending: duration.refine((ms) => ms > 0, 'longer than "0s"').default(30 * DAY)
    .describe('How long a document is kept that could not be uploaded. Default `30d`. What is given up then is told.'),
  profile: z.string().min(1).optional()
    .describe("A profile of `~/.aws/config`. Default: the SDK's usual chain (AWS_PROFILE, environment, SSO, container, instance role)."),
  roleArn: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/, 'the ARN of a role: arn:aws:iam::123456789012:role/records').optional()
    .describe('A role to assume first, for a bucket that only another account may write to. Default: none.'),
  externalId: secret().optional().describe("What the role's trust policy asks for as `sts:ExternalId`. Never shown. Default: none is sent."),
  endpoint: z.url({ protocol: /^https?$/ }).optional()
    .describe('Address of a local stand-in such as moto. Default: AWS itself, or what AWS_ENDPOINT_URL says.'),
})

export type S3Options = z.output<typeof s3Options>
