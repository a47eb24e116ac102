import { z } from 'zod'
import { awsEnvironment } from './aws-environment.ts'
import { startPythonServer } from './python-server.ts'

/** One fault, as microburst takes it: https://github.com/pingedbrain/microburst */
export interface MicroburstRule {
  /** The service by its name in botocore: `cloudwatch`, `ec2`, `sts`. Default: all. */
  readonly service?: string
  readonly operation?: string
  readonly region?: string
  /** Default 1: every request. */
  readonly probability?: number
  /** How often it fires. Default: always. */
  readonly times?: number
  readonly error?: { readonly code: string; readonly status?: number; readonly message?: string }
  /** Milliseconds. */
  readonly latency?: number
  /** Cuts the connection before an answer. */
  readonly reset?: boolean
  /** Cuts the connection within the answer. */
  readonly response?: { readonly abort_frac: number }
}

/** A proxy in front of AWS, or of what stands in for it, that fails as AWS does. */
export interface Microburst {
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  /** Fails like this from now on, and no other way. */
  fail(rules: readonly MicroburstRule[]): Promise<void>
  /** What has been done to requests since the last call of `fail`. */
  fired(): Promise<readonly string[]>
  stop(): Promise<void>
}

const server = (upstream: string): string => `
import asyncio
from aiohttp import web
from microburst.app import make_app
from microburst.core.pipeline import Microburst

async def main():
    runner = web.AppRunner(make_app(Microburst(${JSON.stringify(upstream)}, rules=[])))
    await runner.setup()
    site = web.TCPSite(runner, '127.0.0.1', 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    print(f'Running on http://127.0.0.1:{port}', file=sys.stderr, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
`

const events = z.array(z.object({ action: z.string() }))

/** Starts microburst on a free port. Installs it on first use. Fails, never skips, with what is missing. */
export async function startMicroburst(upstream: string): Promise<Microburst> {
  const running = await startPythonServer({ name: 'microburst', version: '0.10.0' }, server(upstream))
  const { url } = running
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${url}/_microburst/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    if (!answer.ok) throw new Error(`microburst answered ${method} ${path} with ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  return {
    url,
    env: awsEnvironment(url),
    async fail(rules) {
      await control('POST', 'rules', rules.map((rule) => ({ service: '*', ...rule })))
      await control('DELETE', 'fired')
    },
    fired: async () => events.parse(await control('GET', 'fired?limit=10000')).map(({ action }) => action),
    stop: () => running.stop(),
  }
}
