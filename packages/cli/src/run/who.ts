import { userInfo } from 'node:os'
import { usageError } from '../usage-error.ts'

/**
 * Who acts: `--by`, else the name by which the operating system knows the user of this process.
 *
 * @throws TocsinError E600 for an empty name, and where the system knows none, as in a container with a made-up user id.
 */
export function whoActs(by: string | undefined): string {
  const name = (by ?? systemUser()).trim()
  if (name === '') throw usageError(by === undefined ? 'the system does not know who you are' : '--by names nobody', 'say who acts: --by ann')
  return name
}

function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}
