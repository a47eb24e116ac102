#!/usr/bin/env node
import module from 'node:module'
import { join } from 'node:path'

// Nothing is imported here that an old Node could stumble over, so that it can say what is wrong.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 18)) {
  const { xdgFolder } = await import('./run/xdg-folder.ts')
  // Compiled code is kept from start to start, which halves the next one. Not in the machine's common temporary folder: what lies there is run.
  module.enableCompileCache(join(xdgFolder('XDG_CACHE_HOME', process.env), 'node'))
  const { start } = await import('./start.ts')
  await start()
} else {
  process.stderr.write(`E600 Node ${process.versions.node} is too old · install Node 22.18 or newer\n`)
  process.exitCode = 2
}
