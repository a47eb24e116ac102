import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { decodeCbor } from './cbor.ts'

/** The wire formats of AWS that the stub speaks. */
export type StubProtocol = 'json' | 'cbor' | 'query' | 'ec2' | 'rest'

/** One request as the stub read it. */
export interface StubRequest {
  /** `GetMetricData`, `DescribeInstances`; for S3 the method and path. */
  readonly api: string
  /** From the signature, as are region and key: `monitoring`, `ec2`. */
  readonly service: string
  readonly region: string
  readonly accessKey: string
  readonly protocol: StubProtocol
  /** The body of a JSON or CBOR request, times in seconds since the epoch; empty for others. */
  readonly input: Readonly<Record<string, unknown>>
  /** The fields of a form request; empty for others. */
  readonly form: URLSearchParams
}

/** `/service/GraniteServiceVersion20100801/operation/GetMetricData`: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
const RPC_PATH = /^\/service\/[^/]+\/operation\/([^/?]+)/

export async function readRequest(message: IncomingMessage): Promise<StubRequest> {
  const body = unpacked(await buffer(message), message.headers['content-encoding'])
  const [, accessKey = '', region = '', service = ''] = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(message.headers.authorization ?? '') ?? []
  const from = { accessKey, region, service, form: new URLSearchParams(), input: {} }
  const target = message.headers['x-amz-target']
  if (typeof target === 'string') return { ...from, protocol: 'json', api: target.split('.').at(-1) ?? target, input: JSON.parse(body.toString()) }
  const operation = RPC_PATH.exec(message.url ?? '')?.[1]
  if (operation !== undefined) return { ...from, protocol: 'cbor', api: operation, input: decodeCbor(body) }
  const form = new URLSearchParams(body.toString())
  const action = form.get('Action')
  if (action === null) return { ...from, protocol: 'rest', api: `${message.method} ${message.url}` }
  return { ...from, protocol: service === 'ec2' ? 'ec2' : 'query', api: action, form }
}

function unpacked(body: Buffer, encoding: string | undefined): Buffer {
  return encoding === 'gzip' ? gunzipSync(body) : body
}
