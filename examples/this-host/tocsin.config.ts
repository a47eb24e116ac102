import { createServer } from 'node:http'
import { join } from 'node:path'
import { host } from '@tocsin/collector-host'
import { consoleNotifier, defineMonitor, fileNotifier } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'

/** A small page of this process, so that there is a response time to watch. It keeps no process alive. */
const page = createServer((_request, response) => response.end('ok\n')).unref()
// Its address is part of the alert's identity, so the port is always the same, unless it is taken.
await new Promise<void>((listening) => page.once('listening', listening).once('error', () => page.listen(0, '127.0.0.1')).listen(8377, '127.0.0.1'))
const address = page.address()
const port = typeof address === 'object' && address !== null ? address.port : 0

/** For ten seconds, so that one busy moment alarms nobody. */
const percent = threshold({ warning: 60, critical: 80, for: '10s' })

export default defineMonitor({
  name: 'this-host',
  every: '5s',
  // Told at once, and ends within ten seconds: a person is looking.
  groupWait: '0s',
  groupInterval: '10s',
  watch: [
    host(
      // The speed is for machines whose kernel does not know that of their network interfaces, such as virtual ones.
      { urls: [`http://127.0.0.1:${port}/`], linkSpeed: '1Gbit' },
      {
        cpu: percent,
        memory: percent,
        disk: percent,
        networkUtilization: percent,
        responseTime: threshold({ warning: '60ms', critical: '80ms', for: '10s' }),
      },
    ),
  ],
  notify: {
    terminal: consoleNotifier(),
    file: fileNotifier({ path: join(import.meta.dirname, 'alerts.log') }),
  },
})
