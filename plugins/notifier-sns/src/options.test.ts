import { expect, it } from 'vitest'
import { sns } from './sns.ts'

const problems = (arn: string) => sns({ topicArn: arn }).problems.map(({ error }) => String(error))

it.each(['arn:aws:sns:us-west-2:123456789012:ops', 'arn:aws-cn:sns:cn-north-1:123456789012:ops.fifo', 'arn:aws-us-gov:sns:us-gov-west-1:123456789012:a_b-c'])('take %s', (arn) => {
  expect(problems(arn)).toEqual([])
})

it.each(['ops', 'arn:aws:sqs:us-west-2:123456789012:ops', 'arn:aws:sns:us-west-2:123456789012:ops:6b0e71bd', 'arn:aws:sns::123456789012:ops', 'arn:aws:sns:us-west-2:123456789012:o p s'])('refuse %s', (arn) => {
  expect(problems(arn)).toEqual([expect.stringMatching(/^E103 .* write the ARN of a topic/)])
})
