import type { PublishCommandInput, SNSClient } from '@aws-sdk/client-sns'
import { type AwsService, openSession } from '@tocsin/aws'
import { defineNotifier, type Delivery, delivered, type Notifier, retryable, type SendContext } from '@tocsin/core'
import { snsOptions, type SnsOptions } from './options.ts'
import { failedPublish } from './outcome.ts'
import { publishInput, publishReportInput } from './publish-input.ts'

const SNS: AwsService<SNSClient> = {
  name: 'sns',
  load: async () => {
    const { SNSClient } = await import('@aws-sdk/client-sns')
    return (config) => new SNSClient(config)
  },
}

/** Publishes to an SNS topic, which passes it on to mail, telephones, queues and functions. */
export const sns = defineNotifier({ name: 'sns', options: snsOptions, reports: true, create: snsNotifier })

function snsNotifier({ topicArn, ...credentials }: SnsOptions): Notifier {
  const region = topicArn.split(':')[3]

  const publish = async (input: PublishCommandInput, context: SendContext): Promise<Delivery> => {
    const { signal } = context
    try {
      // One attempt: core retries, and knows how often it did.
      const target = await openSession(context, { ...credentials, maxAttempts: 1 }).target(region, signal)
      const { PublishCommand } = await import('@aws-sdk/client-sns')
      const { MessageId } = await target.call(SNS, 'Publish', (client, options) => client.send(new PublishCommand(input), options), signal)
      return delivered(MessageId)
    } catch (error) {
      return signal.aborted ? retryable('stopped before SNS answered') : failedPublish(error, topicArn)
    }
  }
  return {
    send: (notification, context) => publish(publishInput(notification, context.idempotencyKey, topicArn), context),
    sendReport: (letter, context) => publish(publishReportInput(letter, context.idempotencyKey, topicArn), context),
  }
}
