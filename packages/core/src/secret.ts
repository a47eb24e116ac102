import { inspect } from 'node:util'
import { z } from 'zod'

const REDACTED = '[secret]'
const SHORTEST = 4

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

const SECRET_META = { tocsin: 'secret' } as const

/** Whether a schema was made by `secret()`: what stands there is never shown, right or wrong. */
export const isSecret = (schema: z.ZodType): boolean => schema.meta()?.['tocsin'] === SECRET_META.tocsin

/** Schema of an option that holds a secret: takes a string or a `Secret`, gives a `Secret`. */
export function secret(): z.ZodType<Secret, string | Secret> {
  return z.union([z.string().min(1), z.instanceof(Secret)]).transform((value) => (value instanceof Secret ? value : new Secret(value))).meta(SECRET_META)
}

/**
 * The text with every given secret replaced, in plain, URL-encoded and base64 form. Of a URL its password, path and query are
 * secrets too: servers and libraries quote them alone. What is shorter than four characters is left alone: it would eat ordinary words.
 */
export function redact(text: string, secrets: Iterable<Secret>): string {
  const forms = [...secrets].flatMap((one) => partsOf(one.reveal())).flatMap((value) => [value, encodeURIComponent(value), Buffer.from(value).toString('base64')])
  // Longest first, so that a part never spoils the whole it stands in.
  return [...new Set(forms)].sort((a, b) => b.length - a.length).reduce((clean, form) => clean.replaceAll(form, REDACTED), text)
}

function partsOf(value: string): string[] {
  const parts = [value]
  if (URL.canParse(value)) {
    const { password, pathname, search } = new URL(value)
    parts.push(password, safeDecode(password), `${pathname}${search}`, pathname)
  }
  return parts.filter((part) => part.length >= SHORTEST)
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Every `Secret` inside a value, however deep. */
export function secretsIn(value: unknown, seen = new Set<unknown>()): Secret[] {
  if (value instanceof Secret) return [value]
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  return Object.values(value).flatMap((inner) => secretsIn(inner, seen))
}
