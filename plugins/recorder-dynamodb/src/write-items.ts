import type { BatchWriteItemCommandOutput, WriteRequest } from '@aws-sdk/client-dynamodb'
import { type RecordContext, TocsinError } from '@tocsin/core'
import type { Item } from './items.ts'

/** Sends one batch; gives what DynamoDB has left undone. */
export type SendBatch = (requests: WriteRequest[]) => Promise<Pick<BatchWriteItemCommandOutput, 'UnprocessedItems'>>

/** Items a call. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const BATCH = 25
/** Calls under way at once. */
const CONCURRENT = 8
/** Milliseconds before what was left undone is sent again; doubled each time. AWS asks for it to grow, and for a first pause. */
const FIRST_PAUSE = 100
/** After this many tries, with six seconds of pauses, the next recording goes on. */
const TRIES = 7

/**
 * Puts items, each as often as it takes. Putting one again changes nothing.
 *
 * @throws TocsinError E204 when DynamoDB throttles for longer, and what `send` throws.
 */
export async function writeItems(items: readonly Item[], table: string, send: SendBatch, { clock, signal }: RecordContext): Promise<void> {
  const batches: WriteRequest[][] = []
  for (let start = 0; start < items.length; start += BATCH) batches.push(items.slice(start, start + BATCH).map((Item) => ({ PutRequest: { Item } })))

  const write = async (batch: WriteRequest[]): Promise<void> => {
    let rest = batch
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await clock.sleep(FIRST_PAUSE * 2 ** (attempt - 1), signal)
      const { UnprocessedItems } = await send(rest)
      rest = UnprocessedItems?.[table] ?? []
      if (rest.length === 0) return
    }
    throw new TocsinError('E204', `DynamoDB throttles: ${rest.length} of ${batch.length} items of a batch were not taken in ${TRIES} tries`, {
      where: table,
      fix: 'the next recording goes on; if it stays, give the table more write capacity, or record less often with "every"',
    })
  }
  let next = 0
  const failed = new AbortController()
  const work = async (): Promise<void> => {
    for (let batch = batches[next++]; batch !== undefined && !failed.signal.aborted; batch = batches[next++]) {
      await write(batch).catch((error: unknown) => {
        failed.abort()
        throw error
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENT, batches.length) }, work))
}
