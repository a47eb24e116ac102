import type { PublishCommandInput, SNSClient } from '@aws-sdk/client-sns'
import { type AwsService, openSession, sessionPermissions, type Target } from '@tocsin/aws'
import { defineNotifier, type Delivery, delivered, type Notifier, type Permission, retryable, type SendContext, type Services, TocsinError } from '@tocsin/core'
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
export const sns = defineNotifier({ name: 'sns', options: snsOptions, reports: true, permissions, create: snsNotifier })

const KEY = { resources: ['*'], reason: 'encrypt what is published', onlyIf: 'the topic is encrypted with a key of your own; name the key as the resource' }

function permissions({ topicArn, ...credentials }: SnsOptions): Permission[] {
  return sessionPermissions(credentials, [{ service: 'sns', api: 'Publish', resources: [topicArn], reason: 'publish alerts' }], ['kms:GenerateDataKey*', 'kms:Decrypt'].map((action) => ({ action, ...KEY })))
}

function snsNotifier({ topicArn, ...credentials }: SnsOptions): Notifier {
  const region = topicArn.split(':')[3]

  // One attempt: core retries, and knows how often it did.
  const targetOf = (services: Services, signal: AbortSignal): Promise<Target> => openSession(services, { ...credentials, maxAttempts: 1 }).target(region, signal)

  const publish = async (input: PublishCommandInput, context: SendContext): Promise<Delivery> => {
    const { signal } = context
    try {
      const target = await targetOf(context, signal)
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
    async probe(context) {
      const { signal } = context
      try {
        const target = await targetOf(context, signal)
        const { GetTopicAttributesCommand } = await import('@aws-sdk/client-sns')
        await target.call(SNS, 'GetTopicAttributes', (client, options) => client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }), options), signal)
        return delivered('the topic is there')
      } catch (error) {
        // Who may publish need not be allowed to look. SNS knows the credentials then.
        if (error instanceof TocsinError && error.code === 'E201') return delivered('SNS knows the credentials; whether they may publish only a message tells')
        return signal.aborted ? retryable('stopped before SNS answered') : failedPublish(error, topicArn)
      }
    },
  }
}
