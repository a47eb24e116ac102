#!/usr/bin/env node
// Nothing is imported here that an old Node could stumble over, so that it can say what is wrong.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 18)) {
  const [{ start }, { create }] = await Promise.all([import('tocsin'), import('./create.ts')])
  await start(create)
} else {
  process.stderr.write(`E600 Node ${process.versions.node} is too old · install Node 22.18 or newer\n`)
  process.exitCode = 2
}
