import { z } from 'zod'
import { printable } from './printable.ts'

const record = z.looseObject({ level: z.string(), time: z.string(), msg: z.string().default('') })

/** A JSON line of the log in words, for a terminal: `2026-01-05 12:00:00Z WARN  access denied · code=E201 region=us-west-2`. */
export function terminalLine(json: string): string {
  const { level, time, msg, ...fields } = record.parse(JSON.parse(json))
  const details = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`)
  const words = details.length === 0 ? msg : `${msg} · ${details.join(' ')}`
  return `${time.slice(0, 19).replace('T', ' ')}Z ${level.toUpperCase().padEnd(5)} ${printable(words)}\n`
}
