import { decode, encode, Token, Type } from 'cborg'

/** The members of CloudWatch's shapes that are times. In CBOR a time is a number of seconds under tag 1. */
const TIMES = new Set(['EndTime', 'StartTime', 'Timestamp', 'Timestamps'])

/** The body of a request. Times become seconds since the epoch, as they are in JSON. */
export function decodeCbor(body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {}
  return decode(body, { tags: { 1: (content: () => unknown) => content() } }) as Record<string, unknown>
}

/** A body of an answer. */
export function encodeCbor(body: object): Uint8Array {
  return encode(tagged(body), {
    float64: true,
    typeEncoders: {
      Date: (at: Date) => [new Token(Type.tag, 1), new Token(Type.float, at.getTime() / 1_000)],
    },
  })
}

function tagged(value: unknown, isTime = false): unknown {
  if (Array.isArray(value)) return value.map((one) => tagged(one, isTime))
  if (typeof value === 'number') return isTime ? new Date(value * 1_000) : value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, tagged(member, TIMES.has(key))]])))
}
