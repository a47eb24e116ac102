import { encodeCbor } from './cbor.ts'
import type { StubProtocol } from './stub-request.ts'

/** An error of AWS. */
export interface StubFault {
  readonly fault: {
    /** `ThrottlingException`. */
    readonly code: string
    readonly message: string
    /** Default 400. */
    readonly status?: number
    /** The code that the query protocol had for it, sent along by JSON and CBOR: `Throttling`. Default: none is sent. */
    readonly queryCode?: string
    /** `{ 'x-amz-retry-after': '50' }`. */
    readonly headers?: Readonly<Record<string, string>>
  }
}

/** The output of an API that speaks JSON and CBOR. Times are seconds since the epoch. */
export interface StubOutput {
  readonly output: object
}

/** An answer as it goes over the wire. */
export interface StubBody {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** What the stub answers: an output, an error, any bytes, a connection that is cut, or none at all. */
export type StubAnswer = StubOutput | StubFault | StubBody | 'cut' | 'silence'

const REQUEST_ID = '12345678-1234-1234-1234-123456789012'

/** The answer in the words of the protocol that the request came in. */
export function encodeAnswer(answer: StubOutput | StubFault | StubBody, protocol: StubProtocol): Required<StubBody> {
  if ('body' in answer) return { status: 200, headers: {}, ...answer }
  if ('fault' in answer) return encodeFault(answer, protocol)
  return encodeBody(200, answer.output, protocol)
}

function encodeBody(status: number, body: object, protocol: StubProtocol): Required<StubBody> {
  const headers = { 'x-amzn-requestid': REQUEST_ID }
  return protocol === 'cbor'
    ? { status, headers: { ...headers, 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' }, body: encodeCbor(body) }
    : { status, headers: { ...headers, 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(body) }
}

function encodeFault({ fault: { code, message, status = 400, queryCode, headers = {} } }: StubFault, protocol: StubProtocol): Required<StubBody> {
  const side = status >= 500 ? 'Receiver' : 'Sender'
  const xml = (body: string): Required<StubBody> => ({ status, headers: { 'content-type': 'text/xml', ...headers }, body: `<?xml version="1.0" encoding="UTF-8"?>${body}` })
  const error = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`
  switch (protocol) {
    case 'json':
    case 'cbor': {
      const encoded = encodeBody(status, { __type: `com.amazonaws.cloudwatch#${code}`, message }, protocol)
      return { ...encoded, headers: { ...encoded.headers, ...(queryCode === undefined ? {} : { 'x-amzn-query-error': `${queryCode};${side}` }), ...headers } }
    }
    case 'query':
      return xml(`<ErrorResponse><Error><Type>${side}</Type>${error}</Error><RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`)
    case 'ec2':
      return xml(`<Response><Errors><Error>${error}</Error></Errors><RequestID>${REQUEST_ID}</RequestID></Response>`)
    case 'rest':
      return xml(`<Error>${error}<RequestId>${REQUEST_ID}</RequestId></Error>`)
  }
}

/** Text inside an element. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A throttled call, in the words of each service. */
export function throttled(protocol: StubProtocol): StubFault {
  switch (protocol) {
    case 'json':
    case 'cbor':
      return { fault: { code: 'ThrottlingException', message: 'Rate exceeded', queryCode: 'Throttling' } }
    case 'query':
      return { fault: { code: 'Throttling', message: 'Rate exceeded' } }
    case 'ec2':
      return { fault: { code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 } }
    case 'rest':
      return { fault: { code: 'SlowDown', message: 'Please reduce your request rate.', status: 503 } }
  }
}

export const output = (body: object): StubOutput => ({ output: body })
export const fault = (code: string, message: string, status = 400): StubFault => ({ fault: { code, message, status } })
