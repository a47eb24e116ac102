import { type IncomingMessage, type OutgoingHttpHeaders, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { TocsinError } from '@tocsin/core'
import { checkAddress, type Guard, guardedLookup } from './guard.ts'

/** The most that is read of an answer, in bytes. Reasons show 200 characters of it. */
const MOST_READ = 16_384

export interface Exchange {
  readonly url: URL
  readonly method: string
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
  readonly signal: AbortSignal
  readonly guard: Guard
}

export interface Answer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  /** The beginning of the body. */
  readonly said: string
}

/**
 * One request and its answer, over a connection of its own. `fetch` is not used: it offers no way to see the address before it
 * connects. Redirects are answers like any other.
 */
export async function exchange({ url, guard, body, ...options }: Exchange): Promise<Answer> {
  checkAddress(url, guard)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const send = url.protocol === 'https:' ? overHttps : overHttp
    // An agent would keep sockets; the one in use when a receiver closes it fails a request that never arrived.
    const request = send(url, { ...options, agent: false, lookup: guardedLookup(guard) }, resolve)
    request.on('error', reject)
    // Node closes without a word when the answer is 101 Switching Protocols.
    request.on('close', () => reject(closed()))
    request.end(body)
  })
  return {
    status: response.statusCode ?? 0,
    headers: { get: (name) => [response.headers[name] ?? []].flat()[0] ?? null },
    said: await beginning(response),
  }
}

function closed(): TocsinError {
  return new TocsinError('E302', 'the receiver closed the connection without an answer', { fix: 'look into the receiver\'s log' })
}

async function beginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= MOST_READ) break
    }
  } catch {
    // The status has been said; a body that breaks off takes nothing back.
  }
  return Buffer.concat(chunks).subarray(0, MOST_READ).toString()
}
