import type { DynamoDBClient, WriteRequest } from '@aws-sdk/client-dynamodb'
import { arnOf, type AwsService, openSession, sessionPermissions } from '@tocsin/aws'
import { defineRecorder, folderProblems, folderRecorder, parseRecordingDocument, type Permission, type RecordContext, type Recorder } from '@tocsin/core'
import { type Item, itemsOf } from './items.ts'
import { dynamodbOptions, type DynamodbOptions } from './options.ts'
import { failedWrite, isThrottled } from './outcome.ts'
import { writeItems } from './write-items.ts'

const HOUR = 3_600_000

const DYNAMODB: AwsService<DynamoDBClient> = {
  name: 'dynamodb',
  load: async () => {
    const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb')
    // The pauses are ours: the adaptive mode would add its own.
    return (config) => new DynamoDBClient({ ...config, retryMode: 'standard' })
  },
}

/** Writes each recording to a DynamoDB table, as one item for each resource. */
export const dynamodb = defineRecorder({
  name: 'dynamodb',
  options: dynamodbOptions,
  check: ({ folder }) => folderProblems(folder),
  permissions,
  create: dynamodbRecorder,
})

/** What writing to a table takes that is encrypted with a key of one's own: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
const KEY_ACTIONS = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey', 'kms:CreateGrant']

function permissions({ table, region, ...credentials }: DynamodbOptions): Permission[] {
  return sessionPermissions(
    credentials,
    [{ service: 'dynamodb', api: 'BatchWriteItem', resources: [arnOf({ service: 'dynamodb', region, roleArn: credentials.roleArn }, `table/${table}`)], reason: 'write recordings' }],
    KEY_ACTIONS.map((action) => ({ action, resources: ['*'], reason: 'encrypt what is written', onlyIf: 'the table is encrypted with a key of your own; name the key as the resource' })),
  )
}

function dynamodbRecorder({ folder, host, table, region, expireAfter, keepPending, ...credentials }: DynamodbOptions): Recorder {
  const write = async (items: readonly Item[], context: RecordContext): Promise<void> => {
    const { signal } = context
    const { BatchWriteItemCommand } = await import('@aws-sdk/client-dynamodb')
    try {
      // One attempt: what DynamoDB leaves undone is tried again here, all else by the next recording.
      const target = await openSession(context, { ...credentials, maxAttempts: 1 }).target(region, signal)
      const send = async (requests: WriteRequest[]) => {
        const command = new BatchWriteItemCommand({ RequestItems: { [table]: requests } })
        return await target.call(DYNAMODB, 'BatchWriteItem', (client, options) => client.send(command, options), signal).catch((error: unknown) => {
          // None of the batch was taken, which is no other case than some of it.
          if (isThrottled(error)) return { UnprocessedItems: { [table]: requests } }
          throw error
        })
      }
      await writeItems(items, table, send, context)
    } catch (error) {
      throw failedWrite(error, table)
    }
  }

  return folderRecorder({
    folder,
    host,
    // Long enough for a recorder that shares the folder to say that it wants them longer.
    keep: HOUR,
    claim: () => ['dynamodb', table, region, credentials.profile, credentials.roleArn, credentials.endpoint].join(' '),
    delivery: {
      keepPending,
      destination: {
        // A document is many calls, which are made side by side.
        concurrent: 1,
        prepare: ({ content, day, file }) => itemsOf(parseRecordingDocument(content.toString(), `${folder}/${day}/${file}`), expireAfter),
        send: write,
      },
    },
  })
}
