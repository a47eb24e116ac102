import { ConfigError, TocsinError } from '@tocsin/core'
import { expect, it } from 'vitest'
import { problemLine, problemsOf, traces } from './problem.ts'

const unknownMetric = new TocsinError('E101', 'unknown metric "cpuu"', { where: '/work/tocsin.config.ts:4:51', fix: 'did you mean "cpu"?' })

it('says what, where and how to fix it in one line', () => {
  expect(problemsOf(unknownMetric).map(problemLine)).toEqual(['E101 unknown metric "cpuu" · /work/tocsin.config.ts:4:51 · did you mean "cpu"?'])
})

it('gives every problem of a configuration', () => {
  expect(problemsOf(new ConfigError([unknownMetric, new TocsinError('E102', 'unknown key', { fix: 'leave it out' })])).map(({ code, where }) => [code, where])).toEqual([
    ['E101', '/work/tocsin.config.ts:4:51'],
    ['E102', null],
  ])
})

it('knows the errors of another copy of the core', () => {
  const foreign = Object.assign(new Error('access denied'), { name: 'TocsinError', code: 'E201', fix: 'allow it' })
  expect(problemsOf(foreign)).toEqual([{ code: 'E201', what: 'access denied', where: null, fix: 'allow it' }])
})

it.each([
  [new TypeError('x is not a function'), 'unexpected error: x is not a function (run with --debug)'],
  ['a bare string', 'unexpected error: a bare string (run with --debug)'],
  [undefined, 'unexpected error: undefined (run with --debug)'],
  [Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'unexpected error: no such file (run with --debug)'],
])('reports %s as unexpected, never by its stack', (thrown, line) => {
  expect(problemsOf(thrown).map(problemLine)).toEqual([line])
})

it('lets no text from outside forge a line or move the cursor', () => {
  const [problem] = problemsOf(new TocsinError('E203', 'no "\u001B[2Jweb\nE999 forged"', { fix: 'x\u009B31m\u202Ey' }))
  expect(problem).toEqual({ code: 'E203', what: 'no "web E999 forged"', where: null, fix: 'x y' })
})

it('traces an error with its causes', () => {
  const all = traces(new TocsinError('E200', 'outer', { fix: 'x', cause: new Error('inner', { cause: new RangeError('innermost') }) })).join('\n')
  expect(all).toMatch(/TocsinError: outer[\s\S]*at [\s\S]*caused by Error: inner[\s\S]*caused by RangeError: innermost/)
})
