import { z } from 'zod'
import { reasonOf, TocsinError } from '../errors.ts'
import { UNITS } from '../model/unit.ts'
import type { Recording } from '../plugin/recorder.ts'

/** Raised when a reader of this version could no longer read what is written. */
const FORMAT = 1

const texts = z.record(z.string(), z.string())

/** One recording as it stands in a file: one line of JSON. */
export const recordingDocument = z.object({
  /** Version of this format. */
  format: z.literal(FORMAT),
  monitor: z.string(),
  /** The machine that watched. */
  host: z.string(),
  /** When the monitor looked, UTC. */
  at: z.iso.datetime(),
  /** The newest value of every series. One without a point is left out. */
  samples: z.array(
    z.object({
      resource: z.object({ id: z.string(), type: z.string(), name: z.string(), account: z.string().optional(), region: z.string().optional(), tags: texts }),
      /** `<collector>.<metric>`. */
      rule: z.string(),
      metric: z.string(),
      unit: z.enum(UNITS),
      /** Tell apart several series of one rule and resource. */
      dimensions: texts,
      /** Time of the point, UTC. */
      at: z.iso.datetime(),
      /** JSON knows no infinity, so that is a text. */
      // Two literals, not an enum: the declaration that tsc writes for an enum makes one key of both.
      value: z.union([z.number(), z.literal('Infinity'), z.literal('-Infinity')]),
      level: z.enum(['none', 'warning', 'critical']),
    }),
  ),
})

export type RecordingDocument = z.output<typeof recordingDocument>

/** The same recording always gives the same text. */
export function recordingText({ monitor, at, samples }: Recording, host: string): string {
  const document: RecordingDocument = {
    format: FORMAT,
    monitor,
    host,
    at: new Date(at).toISOString(),
    samples: samples.map(({ resource: { id, type, name, account, region, tags }, rule, metric, unit, dimensions, at, value, level }) => ({
      resource: { id, type, name, ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }), tags },
      rule,
      metric,
      unit,
      dimensions,
      at: new Date(at).toISOString(),
      value: value === Infinity ? 'Infinity' : value === -Infinity ? '-Infinity' : value,
      level,
    })),
  }
  return `${JSON.stringify(document)}\n`
}

/** @throws TocsinError E700 when it is none, or one of another format. */
export function parseRecordingDocument(text: string, where: string): RecordingDocument {
  try {
    return recordingDocument.parse(JSON.parse(text))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : reasonOf(cause)
    throw new TocsinError('E700', `the document is not one of format ${FORMAT}: ${reason}`, { where, fix: 'another version wrote it: update, or move it away', cause })
  }
}
