import { z } from 'zod'
import { SCRIPTS } from '../completion/script.ts'
import { SHELLS } from '../completion/shells.ts'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'

const HOW = {
  bash: 'add to ~/.bashrc: source <(tocsin completion bash)',
  zsh: 'add to ~/.zshrc, after compinit: source <(tocsin completion zsh)',
  fish: 'write it to ~/.config/fish/completions/tocsin.fish',
} as const

/** `tocsin completion`: a script for a shell. */
export async function completion({ args }: Invocation): Promise<Outcome> {
  const shell = z.enum(SHELLS).parse(args[0])
  return { exit: EXIT.fine, data: { shell, script: SCRIPTS[shell] }, lines: [SCRIPTS[shell]], next: HOW[shell] }
}
