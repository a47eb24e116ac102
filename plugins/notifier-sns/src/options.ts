import { secret } from '@tocsin/core'
import { z } from 'zod'

const TOPIC = /^arn:aws[\w-]*:sns:[a-z\d-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?$/

export const snsOptions = z.object({
  /** The topic: `arn:aws:sns:us-west-2:123456789012:ops`. Its region is where it is published. One that ends in `.fifo` is published in order and without repeats. */
  topicArn: z.string().regex(TOPIC, 'write the ARN of a topic: arn:aws:sns:us-west-2:123456789012:ops'),
  /** A profile of `~/.aws/config`. Default: the SDK's usual chain (AWS_PROFILE, environment, SSO, container, instance role). */
  profile: z.string().min(1).optional(),
  /** A role to assume first, for a topic that only another account may publish to. Default: none. */
  roleArn: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/, 'write the ARN of a role: arn:aws:iam::123456789012:role/alerts').optional(),
  /** What the role's trust policy asks for as `sts:ExternalId`. Never shown. Default: none is sent. */
  externalId: secret().optional(),
  /** Address of a local stand-in such as moto. Default: AWS itself, or what AWS_ENDPOINT_URL says. */
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
})

export type SnsOptions = z.output<typeof snsOptions>
