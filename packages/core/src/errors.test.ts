import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { asTocsinError, ConfigError, ERROR_CODES, reasonOf, TocsinError } from './errors.ts'

const page = await readFile(new URL('../ERRORS.md', import.meta.url), 'utf8')
/** Code, title and text of every section. */
const sections = page.split(/^## /m).slice(1).map((text) => {
  const [, code = '', title = '', body = ''] = /^(\w+): (.+)\n([\s\S]*)$/.exec(text) ?? []
  return { code, title, body }
})

describe('ERRORS.md', () => {
  it('explains every code once, in order, in the words of the code', () => {
    expect(sections.map(({ code, title }) => [code, title])).toEqual(Object.entries(ERROR_CODES))
  })

  it.each(sections)('tells of $code what it means, its causes, what to do, and how it looks', ({ code, body }) => {
    const [meaning, list, example] = body.split(/\n\n(?=- |```)/)
    expect(meaning?.trim()).toMatch(/\w.*\.$/s)
    expect(list).toMatch(/^- Usual causes: .+\.\n- What to do: .+\.$/)
    // What, where where there is one, and how to fix it, on one line.
    expect(example?.trim()).toMatch(new RegExp(`^\`\`\`\\n${code} [^\\n·]+( · [^\\n·]+){1,2}\\n\`\`\`$`))
  })
})

describe('an error', () => {
  const error = new TocsinError('E106', 'unknown notifier "opps"', { fix: 'did you mean "ops"?', permanent: true, cause: 'why' })

  it('prints what, where and how to fix it on one line', () => {
    expect(String(error)).toBe('E106 unknown notifier "opps" · did you mean "ops"?')
    expect(String(error.at('tocsin.yaml:1:2'))).toBe('E106 unknown notifier "opps" · tocsin.yaml:1:2 · did you mean "ops"?')
  })

  it('keeps all it knows when it is placed, and its first place', () => {
    expect(error.at('here')).toMatchObject({ code: 'E106', where: 'here', permanent: true, cause: 'why' })
    expect(error.at('here').at('there').where).toBe('here')
    expect(error.at(undefined)).toBe(error)
  })

  it('is made of anything thrown', () => {
    const details = { where: 'ec2', fix: 'see the log' }
    expect(asTocsinError(error, 'E200', details)).toMatchObject({ code: 'E106', where: 'ec2' })
    expect(String(asTocsinError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 'E200', details))).toBe('E200 refused (ECONNREFUSED) · ec2 · see the log')
    expect([reasonOf('text'), reasonOf(new RangeError()), reasonOf(undefined)]).toEqual(['text', 'RangeError', 'undefined'])
  })

  it('is one of many in a configuration, which prints them all', () => {
    expect(new ConfigError([error, error.at('x')]).message).toBe(`${error}\n${error.at('x')}`)
  })
})
