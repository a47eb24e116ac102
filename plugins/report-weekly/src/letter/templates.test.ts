import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { TocsinError } from '@tocsin/core'
import Handlebars from 'handlebars'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { renderLetter } from '../letter.ts'
import { aBusyWeek, anEmptyWeek } from '../testing/figures.ts'
import { openTemplates } from './templates.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder with these templates. */
function folder(files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(join(tmpdir(), 'tocsin-templates-'))
  folders.push(made)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(made, name)), { recursive: true })
    writeFileSync(join(made, name), text)
  }
  return made
}

function thrownBy(work: () => unknown): TocsinError {
  try {
    work()
  } catch (error) {
    if (error instanceof TocsinError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

it('publishes the templates and the font, which are no sources', () => {
  const manifest = z.object({ files: z.array(z.string()) }).parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')))
  expect(manifest.files).toEqual(expect.arrayContaining(['templates', 'fonts']))
})

it('escapes everything in the built-in HTML', () => {
  const root = join(import.meta.dirname, '../../templates')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /^html.*\.hbs$/.test(file))
  expect(files.length).toBeGreaterThan(8)
  expect(files.filter((file) => /\{\{(\{|&)/.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
})

describe("a user's template", () => {
  it('replaces the subject', () => {
    const templates = folder({ 'subject.hbs': '[{{monitor}}] {{period.name}}\n{{counts.now.red}} red {{monitor}}' })
    const letter = renderLetter(aBusyWeek({ monitor: 'a & "b"' }), { templates })
    expect(letter.subject).toBe('[a & "b"] Week 34 2 red a & "b"')
    expect(letter.short.title).toBe(letter.subject)
  })

  it('replaces a piece and leaves the rest', () => {
    const letter = renderLetter(aBusyWeek(), { templates: folder({ 'html/footer.hbs': '<tr><td>Questions: {{monitor}}@example.com</td></tr>' }) })
    expect(letter.html).toContain('<tr><td>Questions: main@example.com</td></tr>')
    expect(letter.html).not.toContain('it shows that the monitor lives')
    expect(letter.html).toContain('Red and amber, worst first')
  })

  it('replaces all of the HTML, and only pictures that it shows are sent', () => {
    const { html, images } = renderLetter(aBusyWeek(), { templates: folder({ 'html.hbs': '{{#each rows}}{{#if sparkline}}<p>{{sparkline this}}</p>{{/if}}{{/each}}' }) })
    expect(html.match(/<img/g)?.length).toBe(7)
    expect(images.length).toBe(7)
  })

  it('adds sections, in the order of their names, each to the parts that it has a file for', () => {
    const templates = folder({
      'sections/b-money.hbs': '<p>Saved {{number cost.usd digits=2}} & more by {{monitor}}</p>',
      'sections/a-oncall.hbs': '<p>On call: <i>{{monitor}}</i></p>',
      'sections/a-oncall.text.hbs': 'ON CALL\n\n{{monitor}} & co',
    })
    const { html, text } = renderLetter(aBusyWeek({ monitor: 'a<b' }), { templates: folder({}) })
    expect(html + text).not.toMatch(/on call/i)
    const own = openTemplatesOf(templates)
    expect(own.html).toContain('<p>On call: <i>a&lt;b</i></p>')
    expect(own.html.indexOf('On call')).toBeLessThan(own.html.indexOf('Saved 2.82'))
    expect(own.text).toContain('ON CALL\n\na<b & co')
    expect(own.text).not.toContain('Saved')
  })

  const openTemplatesOf = (templates: string) => {
    // The samples have a cost, the empty one has none: a section that needs it guards it.
    writeFileSync(join(templates, 'sections/b-money.hbs'), '{{#if cost}}<p>Saved {{number cost.usd digits=2}} & more</p>{{/if}}')
    return renderLetter(aBusyWeek({ monitor: 'a<b' }), { templates: openTemplates(templates) })
  }

  it('includes pieces and its own sections by name', () => {
    const templates = folder({ 'text.hbs': '{{> text/cost}}|{{> sections/note}}', 'sections/note.text.hbs': 'Note for {{monitor}}' })
    expect(renderLetter(aBusyWeek(), { templates }).text).toMatch(/^WHAT WATCHING COST[^|]*\|Note for main\n$/)
  })

  it('reaches nothing that objects inherit', () => {
    const templates = folder({ 'text.hbs': '[{{constructor}}{{lookup this "constructor"}}{{#with __proto__}}x{{/with}}{{lookup monitor "constructor"}}]' })
    expect(renderLetter(anEmptyWeek(), { templates }).text).toBe('[]\n')
  })

  it('does not see helpers that somebody else registered', () => {
    Handlebars.registerHelper('elsewhere', () => 'x')
    try {
      expect(thrownBy(() => openTemplates(folder({ 'text.hbs': '{{elsewhere 1}}' }))).message).toContain('no helper "elsewhere"')
    } finally {
      Handlebars.unregisterHelper('elsewhere')
    }
  })
})

describe('a mistake in a template', () => {
  it.each([
    ['a name that is not there', 'text.hbs', 'a\n\n{{perod.name}}', 'text.hbs:3', 'it names "perod.name", which is not there'],
    ['a name inside', 'subject.hbs', '{{period.nme}}', 'subject.hbs:1', 'it names "period.nme", which is not there'],
    ['a name in a branch that a busy week does not take', 'text.hbs', '{{#if rows}}{{else}}\n{{mnitor}}{{/if}}', 'text.hbs:2', 'it names "mnitor", which is not there'],
    ['a name in a branch that an empty week does not take', 'text.hbs', '{{#if rows}}\n{{mnitor}}{{/if}}', 'text.hbs:2', 'it names "mnitor", which is not there'],
    ['a name that is handed to if', 'text.hbs', '\n{{#if rws}}x{{/if}}', 'text.hbs:2', 'it names "rws", which is not there'],
    ['a name that is handed to a helper', 'html/cost.hbs', '\n\n\n{{number cst}}', 'html/cost.hbs:4', 'it names "cst", which is not there'],
    ['a named argument', 'text.hbs', '{{date at format=monitr}}', 'text.hbs:1', 'it names "monitr", which is not there'],
    ['a name in a list', 'text/noise.hbs', '{{#each noise.shown}}\n{{rul}}{{/each}}', 'text/noise.hbs:2', 'it names "rul", which is not there'],
    ['a helper', 'text.hbs', '\n{{numbr at}}', 'text.hbs:2', 'there is no helper "numbr"'],
    ['a block helper', 'text.hbs', '{{#evry rows}}{{/evry}}', 'text.hbs:1', 'there is no helper "evry"'],
    ['what a helper takes', 'text.hbs', '\n{{number monitor}}', 'text.hbs:2', 'the helper "number" was called wrongly: a number is wanted'],
    ['a unit', 'text.hbs', '{{quantity at "percnt"}}', 'text.hbs:1', 'the helper "quantity" was called wrongly: a unit is wanted: percent, bytes, bytes/second, seconds, count, count/second'],
    ['a format', 'text.hbs', '{{date at format="noon"}}', 'text.hbs:1', 'the helper "date" was called wrongly: a format is wanted: minute, when, day, date, time'],
    ['a zone', 'text.hbs', '{{date at zone="Mars/Base"}}', 'text.hbs:1', 'the helper "date" was called wrongly: Invalid time zone specified: Mars/Base'],
    ['a row', 'text.hbs', '{{sparkline at}}', 'text.hbs:1', 'the helper "sparkline" was called wrongly: a row is wanted'],
    ['a piece', 'text.hbs', '\n{{> text/rws}}', 'text.hbs:2', 'it includes "text/rws", which is not there'],
    ['its syntax', 'html/header.hbs', 'a\n{{#if rows}}b', 'html/header.hbs:2', "Expecting 'OPEN_INVERSE_CHAIN', 'INVERSE', 'OPEN_ENDBLOCK', got 'EOF'"],
    ['a section', 'sections/own.hbs', '\n{{mnitor}}', 'sections/own.hbs:2', 'it names "mnitor", which is not there'],
    ['a section for text', 'sections/own.text.hbs', '\n\n{{mnitor}}', 'sections/own.text.hbs:3', 'it names "mnitor", which is not there'],
  ])('%s: says file, line and name, and that trying again is useless', (_, file, text, where, message) => {
    const made = folder({ [file]: text })
    const error = thrownBy(() => openTemplates(made))
    expect(error).toMatchObject({ code: 'E111', where: join(made, where), permanent: true })
    expect(error.message).toContain(`the template cannot be rendered: ${message}`)
    expect(thrownBy(() => renderLetter(anEmptyWeek(), { templates: made })).code).toBe('E111')
  })

  it('a file that replaces nothing names what there is', () => {
    const made = folder({ 'htlm.hbs': '' })
    expect(thrownBy(() => openTemplates(made))).toMatchObject({ code: 'E111', where: join(made, 'htlm.hbs'), permanent: true, fix: expect.stringContaining('html/rows.hbs') })
  })

  it('a folder that is not there, or none', () => {
    expect(thrownBy(() => openTemplates('/nowhere/at/all'))).toMatchObject({ code: 'E110', where: '/nowhere/at/all', permanent: true })
    const made = folder({ 'text.hbs': '' })
    expect(thrownBy(() => openTemplates(join(made, 'text.hbs')))).toMatchObject({ code: 'E110', permanent: true, message: 'it is not a folder' })
  })
})
