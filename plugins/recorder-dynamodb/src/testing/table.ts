import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AttributeValue, CreateTableCommand, type CreateTableCommandInput, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { type AwsFront, type FrontFault, startAwsFront, startMoto } from '@tocsin/dev-tools'

type Item = Readonly<Record<string, AttributeValue>>

/** A table in moto, behind a front that can fail, and a folder of its own. */
export interface Table {
  readonly front: AwsFront
  readonly folder: string
  /** Speaks to moto itself. */
  readonly client: DynamoDBClient
  items(): Promise<readonly Item[]>
  /** Makes the calls that write fail so from now on; returns how to undo it. */
  fail(fault: FrontFault): () => void
  /** Puts a file in the place of the folder; gives how to undo it. */
  breakFolder(): Promise<() => Promise<void>>
  /** Begins with an empty table and folder. */
  reset(): Promise<void>
  stop(): Promise<void>
}

/** @param secretKey the secret access key that everything is signed with. */
export async function startTable(definition: CreateTableCommandInput, secretKey: string): Promise<Table> {
  const moto = await startMoto()
  Object.assign(process.env, moto.env, { AWS_SECRET_ACCESS_KEY: secretKey })
  const front = await startAwsFront(moto.url)
  const home = await mkdtemp(join(tmpdir(), 'tocsin-'))
  const folder = join(home, 'records')
  const client = new DynamoDBClient({ endpoint: moto.url })
  await client.send(new CreateTableCommand(definition))
  return {
    front,
    folder,
    client,
    async items() {
      const found: Item[] = []
      for await (const { Items = [] } of paginateScan({ client }, { TableName: definition.TableName })) found.push(...Items)
      return found
    },
    fail: (fault) => front.fail(({ api }) => (api === 'BatchWriteItem' ? fault : undefined)),
    async breakFolder() {
      await rename(folder, `${folder}.aside`)
      await writeFile(folder, '')
      return async () => {
        await rm(folder)
        await rename(`${folder}.aside`, folder)
      }
    },
    async reset() {
      await moto.reset()
      await client.send(new CreateTableCommand(definition))
      await rm(folder, { recursive: true, force: true })
    },
    async stop() {
      client.destroy()
      await front.stop()
      await moto.stop()
      await rm(home, { recursive: true })
    },
  }
}

/** An error as DynamoDB writes it. */
export function dynamodbError(status: number, code: string, message = 'in the words of DynamoDB'): FrontFault {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }) }
}
