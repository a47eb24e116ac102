import { readFileSync } from 'node:fs'
import { asTocsinError } from '@tocsin/core'

/**
 * The text of a file that an option names.
 *
 * @throws TocsinError E110 when it cannot be read.
 */
export function readOptionFile(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw asTocsinError(error, 'E110', { where: path, fix: `correct the option "${option}", or make the file readable`, permanent: true })
  }
}
