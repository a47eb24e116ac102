import { oneLine } from '@tocsin/core'

/** Signs of our own messages that have a likeness in ASCII. Letters with accents are taken apart instead. */
const LIKENESS: Readonly<Record<string, string>> = { '·': '-', '→': '->', '–': '-', '—': '-', '∞': 'inf', '≥': '>=', '≤': '<=', '’': "'" }

/** One line of printable ASCII, at most `most` characters, `...` at its end where it was cut. */
export function asciiLine(text: string, most: number): string {
  const likened = oneLine(text).replaceAll(/[^\x20-\x7E]/g, (sign) => LIKENESS[sign] ?? sign)
  const plain = likened.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/[^\x20-\x7E]/gu, '?')
  return plain.length <= most ? plain : `${plain.slice(0, most - 3).trimEnd()}...`
}

/** The text, or as much of it as `fits` accepts with a count of what is missing. */
export function cutToFit(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text
  const cut = (length: number): string => `${text.slice(0, length).toWellFormed()}\n... and ${text.length - length} more characters`
  let [fitting, tooLong] = [0, text.length]
  while (tooLong - fitting > 1) {
    const middle = Math.floor((fitting + tooLong) / 2)
    if (fits(cut(middle))) fitting = middle
    else tooLong = middle
  }
  return cut(fitting)
}
