import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { startMoto } from '@tocsin/dev-tools'
import { z } from 'zod'

export type Fault = (response: ServerResponse) => void

/** A topic with a queue that is subscribed to it. */
interface Topic {
  readonly arn: string
  /** Takes all that waits in the queue. */
  waiting(): Promise<Taken[]>
}

interface Taken {
  readonly message: z.output<typeof envelope>
  readonly group: string | undefined
  readonly deduplication: string | undefined
}

/** Topics in moto, behind a server that can answer in its place. */
export interface Topics {
  /** Address of that server. */
  readonly endpoint: string
  /** An address where nothing listens. */
  readonly nowhere: string
  readonly standard: Topic
  readonly fifo: Topic
  /** The calls of one API that have arrived. */
  calls(action: string): readonly URLSearchParams[]
  /** Answers Publish so from now on; returns how to undo it. */
  fail(fault: Fault): () => void
  stop(): Promise<void>
}

/** What a queue gets of a notification. */
export const envelope = z.object({
  MessageId: z.string(),
  TopicArn: z.string(),
  Subject: z.string(),
  Message: z.string(),
  MessageAttributes: z.record(z.string(), z.object({ Type: z.literal('String'), Value: z.string() })),
})

/** @param secretKey the secret access key that everything is signed with. */
export async function startTopics(secretKey: string): Promise<Topics> {
  const moto = await startMoto()
  Object.assign(process.env, moto.env, { AWS_SECRET_ACCESS_KEY: secretKey })
  const clients = { topics: new SNSClient(), queues: new SQSClient() }
  const calls: URLSearchParams[] = []
  let fault: Fault | undefined

  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const call = new URLSearchParams(body)
    calls.push(call)
    if (fault && call.get('Action') === 'Publish') return fault(response)
    const { authorization = '', 'content-type': type = '' } = request.headers
    const answer = await fetch(`${moto.url}${request.url ?? '/'}`, { method: 'POST', headers: { authorization, 'content-type': type }, body })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(await answer.text())
  }
  const front = createServer((request, response) => void pass(request, response).catch(() => response.destroy()))
  const passing = createServer()
  const nowhere = await listen(passing)
  await close(passing)
  return {
    endpoint: await listen(front),
    nowhere,
    standard: await makeTopic('ops', {}, {}, clients),
    fifo: await makeTopic('ops.fifo', { FifoTopic: 'true' }, { FifoQueue: 'true' }, clients),
    calls: (action) => calls.filter((call) => call.get('Action') === action),
    fail(next) {
      fault = next
      return () => (fault = undefined)
    },
    async stop() {
      front.closeAllConnections()
      await close(front)
      await moto.stop()
    },
  }
}

async function makeTopic(name: string, ofTopic: Record<string, string>, ofQueue: Record<string, string>, clients: { readonly topics: SNSClient; readonly queues: SQSClient }): Promise<Topic> {
  const { TopicArn: arn } = z.object({ TopicArn: z.string() }).parse(await clients.topics.send(new CreateTopicCommand({ Name: name, Attributes: ofTopic })))
  const { QueueUrl } = await clients.queues.send(new CreateQueueCommand({ QueueName: name, Attributes: ofQueue }))
  await clients.topics.send(new SubscribeCommand({ TopicArn: arn, Protocol: 'sqs', Endpoint: arn.replace(':sns:', ':sqs:') }))
  return {
    arn,
    async waiting() {
      const taken: Taken[] = []
      for (;;) {
        const { Messages = [] } = await clients.queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }))
        if (Messages.length === 0) return taken
        for (const { Body = '', Attributes = {}, ReceiptHandle } of Messages) {
          taken.push({ message: envelope.parse(JSON.parse(Body)), group: Attributes['MessageGroupId'], deduplication: Attributes['MessageDeduplicationId'] })
          await clients.queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        }
      }
    },
  }
}

/** An error as SNS writes it. */
export function awsFault(status: number, code: string, message = 'in the words of SNS'): Fault {
  const body = `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>9f8b</RequestId></ErrorResponse>`
  return (response) => response.writeHead(status, { 'content-type': 'text/xml' }).end(body)
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this kind.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))
