import { fileURLToPath } from 'node:url'

/** A position in a source file. Lines and columns start at 1. */
export interface CallSite {
  readonly file: string
  readonly line: number
  readonly column: number
}

const FRAME = /\(?((?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):(\d+):(\d+)\)?$/

/**
 * Where `callee` was called: the first stack frame above it. It lets an error about options name the line of a configuration
 * that is a program, as a YAML parser would.
 */
export function callSite(callee: Function): CallSite | undefined {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, callee)
  const frame = holder.stack?.split('\n')[1]?.trim()
  const match = frame === undefined ? null : FRAME.exec(frame)
  if (!match?.[1]) return undefined
  const file = match[1].startsWith('file://') ? fileURLToPath(match[1]) : match[1]
  return { file, line: Number(match[2]), column: Number(match[3]) }
}
