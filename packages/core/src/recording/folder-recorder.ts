import { hostname } from 'node:os'
import { TocsinError } from '../errors.ts'
import type { RecordContext, Recorder } from '../plugin/recorder.ts'
import { claimName, renewClaim } from './claim.ts'
import { deliverPending, type Destination } from './deliver-pending.ts'
import { storeDocument } from './document-folder.ts'
import { documentName } from './document-name.ts'
import { recordingText } from './recording-document.ts'
import { removeExpired } from './remove-expired.ts'

export interface FolderRecorderOptions<Prepared> {
  /** The folder that holds the documents. Recorders may share one: each recording is then one document, whoever comes first writes it. */
  readonly folder: string
  /** What the machine is called in documents and their names. Default: the name of the machine. */
  readonly host?: string | undefined
  /** Milliseconds for which every document is kept. */
  readonly keep: number
  /**
   * What the recorder of a monitor is known by among those that share the folder: its kind and its destination. Recorders of one claim share what
   * they want of the folder, and what they have delivered.
   */
  readonly claim: (monitor: string) => string
  /** Where documents are to go from the folder. Default: nowhere. */
  readonly delivery?: {
    readonly destination: Destination<Prepared>
    /** Milliseconds for which a document is kept that the destination has not got. */
    readonly keepPending: number
  }
}

/**
 * Keeps recordings as documents in a folder, and delivers them from there. The folder is the queue: what a destination has not got yet is
 * tried again at every recording, by this process or the next.
 */
export function folderRecorder<Prepared = never>({ folder, host = hostname(), keep, claim, delivery }: FolderRecorderOptions<Prepared>): Recorder {
  return {
    async record(recording, context) {
      const text = recordingText(recording, host)
      const newest = { ...documentName(recording, host, text), content: Buffer.from(text) }
      const own = { name: claimName(claim(recording.monitor)), keep, keepPending: delivery?.keepPending, seenAt: context.clock.now() }
      await everyStep(context, [
        () => renewClaim(folder, own),
        () => storeDocument(folder, newest, text),
        async () => delivery && (await deliverPending({ folder, claim: own.name, destination: delivery.destination, newest }, context)),
        () => removeExpired(folder, own, context.clock.now()),
      ])
    },
  }
}

/**
 * Takes every step, whatever became of those before: a full disk must not hold up what could be delivered, nor an outage what makes room.
 * Throws what lasts before what may pass; the rest is logged.
 */
async function everyStep({ logger }: RecordContext, steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: TocsinError[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      if (!(error instanceof TocsinError)) throw error
      errors.push(error)
    }
  }
  const worst = errors.find(({ permanent }) => permanent) ?? errors[0]
  for (const error of errors) if (String(error) !== String(worst)) logger.warn({ code: error.code, where: error.where, fix: error.fix }, error.message)
  if (worst !== undefined) throw worst
}
