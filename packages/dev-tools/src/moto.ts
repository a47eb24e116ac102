import { awsEnvironment } from './aws-environment.ts'
import { startPythonServer } from './python-server.ts'

/** A running moto server: the AWS APIs on loopback. */
export interface Moto {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** What the SDK needs to find it and to sign: AWS_ENDPOINT_URL, keys that mean nothing, AWS_REGION (us-east-1). Assign it to `process.env`. */
  readonly env: Readonly<Record<string, string>>
  /** Forgets every resource and point. */
  reset(): Promise<void>
  stop(): Promise<void>
}

const SERVER = `
from moto.server import main
main(['-H', '127.0.0.1', '-p', '0'])
`

/** Starts moto on a free port. Installs it on first use. Fails, never skips, with what is missing. */
export async function startMoto(): Promise<Moto> {
  const running = await startPythonServer({ name: 'moto', version: '5.2.5', extra: 'server' }, SERVER)
  const { url } = running
  return {
    url,
    env: awsEnvironment(url),
    async reset() {
      const answer = await fetch(`${url}/moto-api/reset`, { method: 'POST' })
      if (!answer.ok) throw new Error(`moto answered its reset with ${answer.status}`)
    },
    stop: () => running.stop(),
  }
}
