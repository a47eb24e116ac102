import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asTocsinError, TocsinError } from '@tocsin/core'
import { compileTemplates, type TemplateSource } from './compile-template.ts'
import type { Part } from './helpers.ts'
import { EMPTY_LETTER, FULL_LETTER } from './samples.ts'
import type { LetterView } from './view.ts'

/** What makes the parts of a letter. */
export interface LetterTemplates {
  readonly html: (view: LetterView) => string
  readonly text: (view: LetterView) => string
  readonly subject: (view: LetterView) => string
  /** Names of the user's own sections, for the view. */
  readonly sections: readonly string[]
}

const BUILT_IN = fileURLToPath(new URL('../../templates/', import.meta.url))
const SUFFIX = '.hbs'
const SECTIONS = 'sections/'

/**
 * The built-in templates, each replaced by the file of the same name in the user's folder, and tried on two sample letters, one with
 * everything and one with nothing, so that a mistake is found when the configuration is read and not on Monday morning.
 *
 * @param folder `html.hbs`, `text.hbs`, `subject.hbs`, the pieces they include (`html/rows.hbs`), and sections of the user's own:
 *   `sections/<name>.hbs` for HTML, `sections/<name>.text.hbs` for text.
 * @throws TocsinError E110 when the folder cannot be read; E111 for a template that cannot be rendered, with file and line, and for a
 *   file that replaces nothing. Both are permanent.
 */
export function openTemplates(folder?: string): LetterTemplates {
  const builtIn = templateFiles(BUILT_IN)
  const own = folder === undefined ? [] : templateFiles(folder)
  for (const { name, path } of own) if (!name.startsWith(SECTIONS) && !builtIn.some((one) => one.name === name)) throw replacesNothing(path, builtIn)
  const sources = new Map([...builtIn, ...own].map((source) => [source.name, source]))
  const sections = [...new Set(own.filter(({ name }) => name.startsWith(SECTIONS)).map(({ name }) => name.replace(/\.text$/, '')))].toSorted()
  const templates = { ...letterTemplates(sources, sections), sections }
  for (const sample of [FULL_LETTER, EMPTY_LETTER]) for (const part of ['html', 'text', 'subject'] as const) templates[part]({ ...sample, sections })
  return templates
}

function letterTemplates(sources: ReadonlyMap<string, TemplateSource>, sections: readonly string[]): Pick<LetterTemplates, 'html' | 'text' | 'subject'> {
  const html = compileTemplates('html', partSources(sources, sections, 'html'))
  const text = compileTemplates('text', partSources(sources, sections, 'text'))
  return { html: html('html'), text: text('text'), subject: text('subject') }
}

/** Both parts include a section by the same name; a section that has no file for a part is empty there. */
function partSources(sources: ReadonlyMap<string, TemplateSource>, sections: readonly string[], part: Part): readonly TemplateSource[] {
  const files = [...sources.values()].filter(({ name }) => !name.startsWith(SECTIONS))
  return [...files, ...sections.map((name) => ({ ...(sources.get(part === 'text' ? `${name}.text` : name) ?? { path: name, text: '' }), name }))]
}

function templateFiles(folder: string): readonly TemplateSource[] {
  try {
    if (!statSync(folder).isDirectory()) throw new TypeError('it is not a folder')
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(SUFFIX))
      .toSorted()
      .map((file) => ({ name: file.slice(0, -SUFFIX.length).replaceAll('\\', '/'), path: join(folder, file), text: readFileSync(join(folder, file), 'utf8') }))
  } catch (error) {
    throw asTocsinError(error, 'E110', { where: folder, fix: 'correct the option "templates", or make the folder readable', permanent: true })
  }
}

function replacesNothing(path: string, builtIn: readonly TemplateSource[]): TocsinError {
  return new TocsinError('E111', 'this template replaces none of the built-in ones', {
    where: path,
    fix: `name it after what it replaces (${builtIn.map(({ name }) => name + SUFFIX).join(', ')}), or move it to sections/`,
    permanent: true,
  })
}
