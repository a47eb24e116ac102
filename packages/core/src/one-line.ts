import { stripVTControlCharacters } from 'node:util'

/** White space, C0, DEL and C1 controls, line and paragraph separators, and the marks that turn the direction of writing around. */
const CONTROL = /[\s\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]+/g

/** Text from outside as one harmless line: a name must never start a new line or header, move a cursor or change a colour. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(CONTROL, ' ').trim()
}
