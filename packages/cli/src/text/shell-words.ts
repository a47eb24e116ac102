/** A command as it can be typed. */
export const shellWords = (words: readonly string[]): string => words.map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')
