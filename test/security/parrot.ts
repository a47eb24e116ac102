import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

/** A server that refuses everything and repeats all it was sent, as careless proxies and debug pages do. */
export interface Parrot {
  readonly url: string
  /** How many requests came. */
  count(): number
  stop(): Promise<void>
}

/** In the words of AWS where AWS is asked, so that its SDK takes them for an answer. */
export async function startParrot(): Promise<Parrot> {
  let count = 0
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      count += 1
      const { authorization = '', 'x-amz-security-token': token = '' } = request.headers
      const body = await text(request)
      // Reasons are cut short, so what is secret comes first.
      const heard = [String(token), new URLSearchParams(body).get('ExternalId') ?? '', request.url ?? '', authorization, JSON.stringify(request.headers), body].join(' ').trim()
      const type = request.headers['content-type'] ?? ''
      if (type.includes('json') && request.headers['x-amz-target'] !== undefined) {
        return void response.writeHead(400, { 'content-type': type }).end(JSON.stringify({ __type: 'InvalidParameterException', message: heard }))
      }
      if (request.headers['user-agent']?.includes('aws-sdk') !== true) return void response.writeHead(400).end(heard)
      const error = `<Code>InvalidParameter</Code><Message>${heard.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Message>`
      const isQuery = type.includes('x-www-form-urlencoded')
      response.writeHead(400, { 'content-type': 'text/xml' }).end(isQuery ? `<ErrorResponse><Error><Type>Sender</Type>${error}</Error><RequestId>1</RequestId></ErrorResponse>` : `<Error>${error}</Error>`)
    }
    void answer().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    count: () => count,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
