import { expect, it } from 'vitest'
import { z } from 'zod'
import { duration } from '../plugin/rule-options.ts'
import { secret } from '../secret.ts'
import { inputSchema, readLiterals } from './literals.ts'

const read = (schema: z.ZodType, value: unknown, isPlaceholder = true): unknown => readLiterals({ value }, inputSchema(z.object({ value: schema })), () => isPlaceholder)['value']

it.each<[string, z.ZodType, unknown, unknown]>([
  ['a number', z.number(), '-1.5e3', -1500],
  ['an integer with a default', z.int().default(3), '08', 8],
  ['an optional boolean', z.boolean().optional(), 'false', false],
  ['a literal', z.union([z.literal(1), z.literal(2)]), '2', 2],
  ['a number or a text that looks otherwise', z.union([z.number(), z.templateLiteral([z.number(), '%'])]), '80', 80],
  ['the other text', z.union([z.number(), z.templateLiteral([z.number(), '%'])]), '80%', '80%'],
  ['a number or any text', z.union([z.number(), z.string()]), '80', '80'],
  ['a nested union', z.union([z.union([z.number(), z.boolean()]), z.array(z.number())]), 'true', true],
  ['a text', z.string(), '80', '80'],
  ['a secret of digits', secret(), '80', '80'],
  ['a duration', duration, '80', '80'],
  ['anything', z.unknown(), '80', '80'],
  ['what is no number', z.number(), '0x50', '0x50'],
  ['nothing', z.number(), '', ''],
  ['what is no boolean', z.boolean(), 'yes', 'yes'],
  ['a list of numbers', z.array(z.number()), ['1', '2'], [1, 2]],
  ['a record of numbers', z.record(z.string(), z.number()), { a: '1' }, { a: 1 }],
  ['numbers deep in a union', z.union([z.string(), z.object({ a: z.array(z.object({ b: z.number() })) })]), { a: [{ b: '1', c: '2' }] }, { a: [{ b: 1, c: '2' }] }],
])('reads %s', (_name, schema, written, expected) => {
  expect(read(schema, written)).toEqual(expected)
})

it('leaves what was written as a text', () => {
  expect(read(z.number(), '80', false)).toBe('80')
})
