const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * One line of text with what a terminal obeys written out, `\u009b`: names come from outside, and none may move the cursor, colour the
 * screen, turn the direction of writing or begin a line of its own. Of a line of JSON the meaning stays.
 */
export function printable(line: string): string {
  return line.replace(ACTIVE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
