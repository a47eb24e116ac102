import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface RudeServer {
  readonly port: number
  close(): Promise<void>
}

/**
 * A server for what no well-behaved SMTP server does. `answer` gets each line, first an empty one for the connection itself, and
 * gives the reply, or nothing for silence.
 */
export async function startRudeServer(answer: (line: string, socket: Socket) => string | undefined): Promise<RudeServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    const say = (line: string): void => {
      const reply = answer(line, socket)
      if (reply !== undefined && socket.writable) socket.write(`${reply}\r\n`)
    }
    let rest = ''
    socket.on('data', (chunk) => {
      const lines = `${rest}${chunk.toString('latin1')}`.split('\r\n')
      rest = lines.pop() ?? ''
      lines.forEach(say)
    })
    say('')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
