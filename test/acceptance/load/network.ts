import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const SLICE = 20

/** Sends `bytesPerSecond` over loopback. Returns how to stop. */
export async function loadNetwork(bytesPerSecond: number): Promise<() => Promise<void>> {
  const server = createServer((socket) => socket.resume().on('error', () => {})).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  const piece = Buffer.alloc((bytesPerSecond * SLICE) / 1_000, 1)
  const stop = new AbortController()
  const sending = (async () => {
    const began = performance.now()
    for (let sent = 0; !stop.signal.aborted; sent++) {
      if (!socket.write(piece)) await once(socket, 'drain')
      await sleep(Math.max(0, began + (sent + 1) * SLICE - performance.now()))
    }
  })()
  return async () => {
    stop.abort()
    await sending
    socket.destroy()
    server.close()
    await once(server, 'close')
  }
}
