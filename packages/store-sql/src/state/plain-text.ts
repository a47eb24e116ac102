/** A text of somebody else's as a column takes it: PostgreSQL refuses the character 0, and neither database takes half of a pair of UTF-16. */
export const plainText = (text: string): string => text.toWellFormed().replaceAll('\0', '\u{fffd}')
