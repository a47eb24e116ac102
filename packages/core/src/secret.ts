import { inspect } from 'node:util'
import { z } from 'zod'

const REDACTED = '[secret]'

/** A string that cannot be printed by accident: text, JSON and inspection all show `[secret]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The secret itself. Call it where it is used, never where it is stored. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}

/** Schema of an option that holds a secret: takes a string or a `Secret`, gives a `Secret`. */
export function secret(): z.ZodType<Secret, string | Secret> {
  return z.union([z.string().min(1), z.instanceof(Secret)]).transform((value) => (value instanceof Secret ? value : new Secret(value)))
}

/** The text with every given secret replaced. Secrets shorter than four characters are left alone: they would eat ordinary words. */
export function redact(text: string, secrets: Iterable<Secret>): string {
  let clean = text
  for (const secret of secrets) {
    const value = secret.reveal()
    if (value.length < 4) continue
    for (const form of new Set([value, encodeURIComponent(value), Buffer.from(value).toString('base64')])) clean = clean.replaceAll(form, REDACTED)
  }
  return clean
}

/** Every `Secret` inside a value, however deep. */
export function secretsIn(value: unknown, seen = new Set<unknown>()): Secret[] {
  if (value instanceof Secret) return [value]
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  return Object.values(value).flatMap((inner) => secretsIn(inner, seen))
}
