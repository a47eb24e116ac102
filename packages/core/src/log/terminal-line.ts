import { z } from 'zod'

const record = z.looseObject({ level: z.string(), time: z.string(), msg: z.string().default('') })

/** A JSON line of the log in words, for a terminal: `2026-01-05 12:00:00Z WARN  access denied · code=E201 region=us-west-2`. */
export function terminalLine(json: string): string {
  const { level, time, msg, ...fields } = record.parse(JSON.parse(json))
  const details = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`)
  const words = details.length === 0 ? msg : `${msg} · ${details.join(' ')}`
  return `${time.slice(0, 19).replace('T', ' ')}Z ${level.toUpperCase().padEnd(5)} ${printable(words)}\n`
}

/** Names come from outside: none may move the cursor, colour the screen or begin a line of its own. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
