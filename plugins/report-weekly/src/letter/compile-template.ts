import { reasonOf, TocsinError } from '@tocsin/core'
import Handlebars from 'handlebars'
import { z } from 'zod'
import { HELPERS, type Part } from './helpers.ts'

/** A template with the name of its file. */
export interface TemplateSource {
  /** `html/rows`. */
  readonly name: string
  /** Where it was read. */
  readonly path: string
  readonly text: string
}

export type Render = (view: object) => string

const BUILT_IN_HELPERS = ['if', 'unless', 'each', 'with', 'lookup'] as const
const NAMES = [...BUILT_IN_HELPERS, ...Object.keys(HELPERS)]
const KNOWN: Readonly<Record<string, boolean>> = Object.fromEntries(NAMES.map((name) => [name, true]))

/** Handlebars checks names only where they are printed; so marked, it checks those that are handed to a helper, too. */
class EveryName extends Handlebars.Visitor {
  /** Whole names by where they stand, `3:2`: an error tells of the last part of a name alone. */
  readonly names = new Map<string, string>()
  readonly partials: { readonly name: string; readonly line: number }[] = []

  override PathExpression(path: hbs.AST.PathExpression): void {
    Object.assign(path, { strict: true })
    this.names.set(`${path.loc.start.line}:${path.loc.start.column}`, path.original)
  }

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    super.PartialStatement(partial)
    if ('original' in partial.name) this.partials.push({ name: partial.name.original, line: partial.loc.start.line })
  }
}

/**
 * Templates that may include each other by name. A name that a view does not have, an unknown helper and a helper's wrong argument are
 * errors; what objects inherit cannot be reached; HTML is escaped. Helpers and partials registered elsewhere in the process are not seen.
 *
 * @throws TocsinError E111 with file and line, from here for what cannot be parsed, else from the function that is returned.
 */
export function compileTemplates(part: Part, sources: readonly TemplateSource[]): (name: string) => Render {
  const environment = Handlebars.create()
  for (const name of Object.keys(environment.helpers)) if (!NAMES.includes(name)) environment.unregisterHelper(name)
  for (const [name, helper] of Object.entries(HELPERS)) environment.registerHelper(name, called(helper(part)))
  const names = new Set(sources.map((source) => source.name))
  const templates = new Map(sources.map((source) => [source.name, compiled(environment, part, source, names)]))
  // Functions, not texts: an error inside then says in which of the files it is.
  for (const [name, template] of templates) environment.registerPartial(name, template)
  return (name) => {
    const template = templates.get(name)
    if (template === undefined) throw new RangeError(`no template ${name}`)
    return (view) => template(view, { data: { root: view }, allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false })
  }
}

function compiled(environment: typeof Handlebars, part: Part, { path, text }: TemplateSource, known: ReadonlySet<string>): HandlebarsTemplateDelegate<object> {
  const syntax = located(path, () => environment.parse(text))
  const visitor = new EveryName()
  visitor.accept(syntax)
  const lost = visitor.partials.find(({ name }) => !known.has(name))
  if (lost !== undefined) throw mistake(`${path}:${lost.line}`, `it includes "${lost.name}", which is not there`)
  const template = environment.compile<object>(syntax, { strict: true, knownHelpers: KNOWN, knownHelpersOnly: true, noEscape: part === 'text' })
  return (view, options) => located(path, () => template(view, options), visitor.names)
}

/** Handlebars passes its own argument last: the names, and what the letter knows. */
function called(helper: ReturnType<(typeof HELPERS)[string]>): Handlebars.HelperDelegate {
  return (...args: unknown[]) => {
    const { name, hash, data, loc } = call.parse(args.pop())
    try {
      return helper({ hash, timeZone: data.root.timeZone }, ...args)
    } catch (cause) {
      const said = cause instanceof z.ZodError ? cause.issues.map(({ message }) => message).join('; ') : reasonOf(cause)
      // Shaped like an error of Handlebars, so that its line is found in the same way.
      throw Object.assign(new Error(`the helper "${name}" was called wrongly: ${said}`, { cause }), { lineNumber: loc.start.line })
    }
  }
}

const call = z.object({ name: z.string(), loc: z.object({ start: z.object({ line: z.number() }) }), hash: z.record(z.string(), z.unknown()), data: z.object({ root: z.object({ timeZone: z.string() }) }) })

function located<T>(path: string, work: () => T, names: ReadonlyMap<string, string> = new Map()): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof TocsinError) throw error
    const { line, said } = complaint(error, names)
    throw mistake(line === undefined ? path : `${path}:${line}`, said, error)
  }
}

function mistake(where: string, said: string, cause?: unknown): TocsinError {
  return new TocsinError('E111', `the template cannot be rendered: ${said}`, { where, fix: 'correct the template; the README lists the names and helpers that it can use', cause, permanent: true })
}

const thrown = z.object({ message: z.string().catch(''), lineNumber: z.number().optional().catch(undefined), column: z.number().optional().catch(undefined) })

/** Handlebars names the line of a parse error in its text only, followed by a drawing of the place. */
function complaint(error: unknown, names: ReadonlyMap<string, string>): { readonly line: number | undefined; readonly said: string } {
  const { message, lineNumber, column } = thrown.parse(error)
  const parsed = /^Parse error on line (\d+):\n.*\n.*\n(.*)$/s.exec(message)
  const unknown = /^"(.*)" not defined in /s.exec(message)?.[1]
  const helper = /unknown helper (.*?) - \d+:\d+$/s.exec(message)?.[1]
  const said = unknown !== undefined ? `it names "${names.get(`${lineNumber}:${column}`) ?? unknown}", which is not there` : helper !== undefined ? `there is no helper "${helper}"` : (parsed?.[2] ?? reasonOf(error)).replace(/ - \d+:\d+$/, '')
  return { line: lineNumber ?? (parsed ? Number(parsed[1]) : undefined), said }
}
