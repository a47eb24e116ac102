import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { type CollectContext, reasonOf } from '@tocsin/core'
import type { Target } from './target.ts'

/** Probes under way at once. Most of them only wait. */
const LIMIT = { key: 'host:probe', concurrent: 50 }

/**
 * Seconds until a target answers, or Infinity when it refuses, fails, answers with 500 or more, or takes longer than `timeout`
 * milliseconds. Throws when the cycle ends first: then nothing is known.
 */
export function probe(target: Target, timeout: number, context: CollectContext): Promise<number> {
  const { clock, signal, limiter, logger } = context
  return limiter.schedule(LIMIT, async () => {
    signal.throwIfAborted()
    const over = new AbortController()
    const began = clock.now()
    void clock.sleep(timeout, over.signal).then(() => over.abort(new Error(`no answer within ${timeout} ms`)))
    try {
      await answer(target, AbortSignal.any([signal, over.signal]))
      return Math.max(0, clock.now() - began) / 1_000
    } catch (error) {
      signal.throwIfAborted()
      logger.info({ target: target.name, reason: reasonOf(over.signal.aborted ? over.signal.reason : error) }, 'target does not answer')
      return Infinity
    } finally {
      over.abort()
    }
  })
}

async function answer(target: Target, signal: AbortSignal): Promise<void> {
  if (target.kind === 'tcp') {
    const socket = connect({ host: target.host, port: target.port, signal })
    await once(socket, 'connect').finally(() => socket.destroy())
    return
  }
  const status = await statusOf(target.url, signal)
  if (status >= 500) throw new Error(`HTTP ${status}`)
}

/** Waits for the status line and headers, not for the body. A redirect is an answer and is not followed. */
function statusOf(url: URL, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest
    // Without an agent each probe makes a connection of its own, so that connecting is part of its time.
    request(url, { agent: false, signal, headers: { 'user-agent': 'tocsin' } }, (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
      .on('error', reject)
      .end()
  })
}
