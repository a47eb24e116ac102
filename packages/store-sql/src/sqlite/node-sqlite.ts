import type * as NodeSqlite from 'node:sqlite'

/** `node:sqlite`, without the warning that Node 22 prints on the terminal for it: what is used of it has the same form in Node 24. */
export function nodeSqlite(): typeof NodeSqlite {
  const before = Object.getOwnPropertyDescriptor(process, 'emitWarning')
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    if (before !== undefined) Object.defineProperty(process, 'emitWarning', before)
  }
}
