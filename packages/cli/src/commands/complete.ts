import { commandTree } from '../command-tree.ts'
import { candidates } from '../completion/candidates.ts'
import { lookUp } from '../completion/look-up.ts'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'

/** `tocsin complete -- WORDS`: what the scripts of `tocsin completion` ask. */
export async function complete(invocation: Invocation): Promise<Outcome> {
  const words = invocation.args
  const root = commandTree(invocation.shell, () => async () => {})
  // The configuration is the one that the line to be completed names.
  const at = words.findIndex((word) => word === '-c' || word === '--config')
  const config = at < 0 ? undefined : words[at + 1]
  const quiet = { ...invocation, shell: { ...invocation.shell, stderr: { ...invocation.shell.stderr, write: () => true } }, config }
  const found = await candidates(root, words, (known) => lookUp(known, quiet))
  const lines = found === 'files' ? [':files'] : found.map(({ value, about }) => `${value}\t${about}`)
  return { exit: EXIT.fine, data: found === 'files' ? { files: true } : { words: found }, lines }
}
