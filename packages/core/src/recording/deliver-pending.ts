import { asTocsinError, type TocsinError } from '../errors.ts'
import type { RecordContext } from '../plugin/recorder.ts'
import { markTaken, takenBy, takenKey } from './claim.ts'
import { listDocuments, loadDocument } from './document-folder.ts'
import type { DocumentName } from './document-name.ts'

/** A document as it is delivered. */
export interface StoredDocument extends DocumentName {
  readonly content: Buffer
}

/** Where the documents of a folder are to go. */
export interface Destination<Prepared> {
  /** How many documents may be under way at once. */
  readonly concurrent: number
  /** Makes of a document what is sent. What it throws is the document's own fault and holds up no other. */
  prepare(document: StoredDocument): Prepared
  /**
   * Sends it. Must do no harm when it is repeated: a document whose delivery a crash kept from being remembered is sent again. What it throws
   * is the destination's fault: nothing more is tried in this call.
   */
  send(prepared: Prepared, context: RecordContext): Promise<void>
}

/** Milliseconds after which no further document is begun: half of what the core allows, so that the last ones can end. */
const BUDGET = 15_000

interface Delivery<Prepared> {
  readonly folder: string
  /** The claim under which it is remembered what was taken. */
  readonly claim: string
  readonly destination: Destination<Prepared>
  /** The newest, which is delivered even where the folder could not take it. */
  readonly newest: StoredDocument
}

/**
 * Delivers what the destination has not got yet, the oldest first, as much as there is time for.
 *
 * @throws TocsinError the first that went wrong.
 */
export async function deliverPending<Prepared>({ folder, claim, destination, newest }: Delivery<Prepared>, context: RecordContext): Promise<void> {
  const { clock, signal, logger } = context
  const faults: TocsinError[] = []
  let failure: TocsinError | undefined
  const queue = await pendingOf(folder, claim, newest).catch((error: TocsinError) => {
    faults.push(error)
    return [newest]
  })
  const deadline = clock.now() + BUDGET
  let next = 0

  const prepare = async (name: DocumentName): Promise<{ readonly prepared: Prepared } | undefined> => {
    try {
      const content = name.file === newest.file ? newest.content : await loadDocument(folder, name)
      return content && { prepared: destination.prepare({ ...name, content }) }
    } catch (error) {
      faults.push(asTocsinError(error, 'E700', { where: folder, fix: 'move the document away' }))
      return undefined
    }
  }
  const work = async (): Promise<void> => {
    while (failure === undefined && !signal.aborted && clock.now() < deadline) {
      const name = queue[next++]
      if (name === undefined) return
      const ready = await prepare(name)
      if (ready === undefined) continue
      try {
        await destination.send(ready.prepared, context)
        await markTaken(folder, claim, name)
      } catch (error) {
        failure ??= asTocsinError(error, 'E700', { where: folder, fix: 'see the log; it is tried again' })
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(destination.concurrent, queue.length) }, work))
  if (next < queue.length && failure === undefined) logger.info({ waiting: queue.length - next, folder }, 'there was no time for all documents; the next recording goes on')
  const error = failure ?? faults[0]
  if (error !== undefined) throw error
}

async function pendingOf(folder: string, claim: string, newest: DocumentName): Promise<DocumentName[]> {
  const [documents, taken] = await Promise.all([listDocuments(folder), takenBy(folder, claim)])
  const all = documents.some((document) => takenKey(document) === takenKey(newest)) ? documents : [...documents, newest]
  return all.filter((document) => !taken.has(takenKey(document)))
}
