/** Something that AWS must allow a plugin, in the words of IAM. */
export interface Permission {
  /** `cloudwatch:GetMetricData`. */
  readonly action: string
  /** ARNs, as narrow as the service permits and the options tell. `*` stands for what they do not tell, and for all where a service knows no resources. */
  readonly resources: readonly string[]
  /** What for, as the end of a sentence: `read the points of metrics`. A policy has one statement for each reason. */
  readonly reason: string
  /** What the options cannot tell and without which it is not needed: `the topic is encrypted with a key of your own`. Default: it is always needed. */
  readonly onlyIf?: string
  /** The profile of `~/.aws/config` whose credentials ask for it. Default: what the SDK finds by itself. */
  readonly profile?: string
  /** The role that those credentials assume before they ask. Default: none. */
  readonly roleArn?: string
}
