import { duration, folderOptions, secret } from '@tocsin/core'
import { z } from 'zod'

const DAY = 86_400_000

export const dynamodbOptions = folderOptions.extend({
  table: z.string().regex(/^[\w.-]{3,255}$/, 'the name of a table: 3 to 255 letters, digits, underscores, dashes and dots')
    .describe('The table. Its partition key is the text `resource`, its sort key the text `time`.'),
  region: z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as us-west-2').optional()
    .describe(`The table's region. Default: that of the profile, or of AWS_REGION.`),
  expireAfter: duration.refine((ms) => ms > 0, 'longer than "0s"').optional()
    .describe('How long after its recording DynamoDB may delete an item, by the attribute `expiresAt`. Default: never, and no such attribute.'),
  keepPending: duration.refine((ms) => ms > 0, 'longer than "0s"').default(30 * DAY)
    .describe('How long a document is kept in the folder that could not be written to the table. Default `30d`. What is given up then is told.'),
  profile: z.string().min(1).optional()
    .describe("A profile of `~/.aws/config`. Default: the SDK's usual chain (AWS_PROFILE, environment, SSO, container, instance role)."),
  roleArn: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/, 'the ARN of a role: arn:aws:iam::123456789012:role/records').optional()
    .describe('A role to assume first, for a table of another account. Default: none.'),
  externalId: secret().optional().describe("What the role's trust policy asks for as `sts:ExternalId`. Never shown. Default: none is sent."),
  endpoint: z.url({ protocol: /^https?$/ }).optional()
    .describe('Address of a local stand-in such as moto. Default: AWS itself, or what AWS_ENDPOINT_URL says.'),
})

export type DynamodbOptions = z.output<typeof dynamodbOptions>
