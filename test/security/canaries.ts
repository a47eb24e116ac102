import { randomBytes } from 'node:crypto'

/** A text that stands nowhere by chance: where it shows, a secret has leaked. */
export const canary = (): string => `canary${randomBytes(9).toString('hex')}`

/** Where secrets have shown: `webhook path in stderr of "run"`. */
export function leaks(canaries: Readonly<Record<string, string>>, places: Readonly<Record<string, string | Buffer>>): string[] {
  return Object.entries(places).flatMap(([place, content]) => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content)
    return Object.entries(canaries).flatMap(([name, secret]) => (formsOf(secret).some((form) => bytes.includes(form)) ? [`${name} in ${place}`] : []))
  })
}

/** The secret as it is, backwards, in hex, in UTF-16 as databases may keep it, and inside base64, at each of the three ways it can lie there. */
function formsOf(secret: string): (string | Buffer)[] {
  const plain = Buffer.from(secret)
  const inBase64 = [0, 1, 2].flatMap((offset) => {
    // Only the characters that the neighbours of the secret have no part in.
    const text = Buffer.concat([Buffer.alloc(offset), plain]).toString('base64').replaceAll('=', '')
    const inner = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + plain.length) * 8) / 6))
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [secret, plain.toString('hex'), Buffer.from(secret, 'utf16le'), secret.split('').toReversed().join(''), ...inBase64]
}
