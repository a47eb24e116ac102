import { secret } from '@tocsin/core'
import { z } from 'zod'

const TOPIC = /^arn:aws[\w-]*:sns:[a-z\d-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?$/

export const snsOptions = z.object({
  topicArn: z.string().regex(TOPIC, 'write the ARN of a topic: arn:aws:sns:us-west-2:123456789012:ops')
    .describe('The topic: `arn:aws:sns:us-west-2:123456789012:ops`. Its region is where it is published. One that ends in `.fifo` is published in order and without repeats.'),
  profile: z.string().min(1).optional()
    .describe("A profile of `~/.aws/config`. Default: the SDK's usual chain (AWS_PROFILE, environment, SSO, container, instance role)."),
  roleArn: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/, 'write the ARN of a role: arn:aws:iam::123456789012:role/alerts').optional()
    .describe('A role to assume first, for a topic that only another account may publish to. Default: none.'),
  externalId: secret().optional().describe("What the role's trust policy asks for as `sts:ExternalId`. Never shown. Default: none is sent."),
  endpoint: z.url({ protocol: /^https?$/ }).optional()
    .describe('Address of a local stand-in such as moto. Default: AWS itself, or what AWS_ENDPOINT_URL says.'),
})

export type SnsOptions = z.output<typeof snsOptions>
