import type { Argument, Command, Option } from 'commander'

/** One word that may come next. */
export interface Candidate {
  readonly value: string
  /** What it means, in a few words. */
  readonly about: string
}

/** What may come next: words, or any file. */
export type Candidates = readonly Candidate[] | 'files'

/** Something that only the configuration or the store knows: `alerts`, `silences`, `messages`, `collectors`, `receivers`. */
export type Known = 'alerts' | 'silences' | 'messages' | 'collectors' | 'receivers'

/** The values of options, and of arguments under the name of their command, that are not choices of their own. */
const FILES: ReadonlySet<string> = new Set(['--config', '--output', '--from', 'migrate'])
const KNOWN: Readonly<Record<string, Known>> = { '--only': 'collectors', ack: 'alerts', explain: 'alerts', snooze: 'alerts', 'silence expire': 'silences', 'outbox retry': 'messages', 'outbox drop': 'messages', 'test-notify': 'receivers' }

/**
 * What may come next on the command line.
 *
 * @param words what was typed after `tocsin`; the last is the beginning of the word that is asked for, empty where it has none.
 * @param lookUp asks the configuration or the store. It is called only where that matters.
 */
export async function candidates(root: Command, words: readonly string[], lookUp: (known: Known) => Promise<readonly Candidate[]>): Promise<Candidates> {
  const typed = words.slice(0, -1)
  const begun = words.at(-1) ?? ''
  const { command, path, operands } = descend(root, typed)
  const valued = optionOf(command, typed.at(-1) ?? '')
  const found = valued !== undefined && takesValue(valued) ? await valuesOf(valued.argChoices, valued.long ?? '', lookUp) : begun.startsWith('-') ? optionsOf(command, typed) : await operandsOf(command, path, operands, lookUp)
  return found === 'files' ? found : found.filter(({ value }) => value.startsWith(begun))
}

interface Place {
  readonly command: Command
  /** `silence add`. */
  readonly path: string
  /** Arguments so far. */
  readonly operands: readonly string[]
}

/** The command that the words lead to. */
function descend(root: Command, words: readonly string[]): Place {
  let place: Place = { command: root, path: '', operands: [] }
  for (const [index, word] of words.entries()) {
    const before = optionOf(place.command, words[index - 1] ?? '')
    if (word.startsWith('-') || (before !== undefined && takesValue(before))) continue
    const below = place.command.commands.find((one) => one.name() === word)
    place = below === undefined ? { ...place, operands: [...place.operands, word] } : { command: below, path: `${place.path} ${word}`.trim(), operands: [] }
  }
  return place
}

/** The options of a command and of those above it. */
function allOptions(command: Command): readonly Option[] {
  const own = command.createHelp().visibleOptions(command)
  return command.parent === null ? own : [...own, ...allOptions(command.parent).filter(({ long }) => !own.some((one) => one.long === long) && long !== '--version')]
}

const optionOf = (command: Command, word: string): Option | undefined => (word.startsWith('-') ? allOptions(command).find(({ long, short }) => word === long || word === short) : undefined)

const takesValue = ({ required, optional }: Option): boolean => required || optional

/** Options that were not given yet; those that may be repeated are offered again. */
const optionsOf = (command: Command, typed: readonly string[]): Candidate[] =>
  allOptions(command).flatMap((option) => {
    const { long, short, description } = option
    const given = typed.some((word) => word === long || word === short) && option.parseArg === undefined
    return long === undefined || long === null || given ? [] : [{ value: long, about: description }]
  })

async function operandsOf(command: Command, path: string, operands: readonly string[], lookUp: (known: Known) => Promise<readonly Candidate[]>): Promise<Candidates> {
  const below = operands.length > 0 ? [] : command.createHelp().visibleCommands(command).map((one) => ({ value: one.name(), about: one.summary() || one.description() }))
  const argument = argumentAt(command, operands.length)
  if (argument === undefined) return below
  const values = await valuesOf(argument.argChoices, path, lookUp)
  return values === 'files' ? values : [...below, ...values.filter(({ value }) => !operands.includes(value))]
}

function argumentAt({ registeredArguments: all }: Command, index: number): Argument | undefined {
  const last = all.at(-1)
  return all[index] ?? (last?.variadic === true ? last : undefined)
}

async function valuesOf(choices: readonly string[] | undefined, name: string, lookUp: (known: Known) => Promise<readonly Candidate[]>): Promise<Candidates> {
  if (choices !== undefined) return choices.map((value) => ({ value, about: '' }))
  const known = KNOWN[name]
  if (known !== undefined) return lookUp(known)
  return FILES.has(name) ? 'files' : []
}
