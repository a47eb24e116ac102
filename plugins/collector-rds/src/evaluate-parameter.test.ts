import { describe, expect, it } from 'vitest'
import { evaluateParameter } from './evaluate-parameter.ts'

const variables = { DBInstanceClassMemory: 8 * 2 ** 30, AllocatedStorage: 100 * 2 ** 30, EndPointPort: 5432, TrueIfReplica: 0 }

describe('evaluateParameter', () => {
  // The examples of https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ParamValuesRef.html, with 8 GiB.
  it.each([
    ['GREATEST({DBInstanceClassMemory/9868951},80)', 870],
    ['LEAST({DBInstanceClassMemory/256},10485760)', 10_485_760],
    ['LEAST({DBInstanceClassMemory/393040}, 20000)', 20_000],
    ['{log(DBInstanceClassMemory/8187281418)*1000}', 0],
    // 8589934592/12582880 = 682.7; decimals are cut, not rounded.
    ['{DBInstanceClassMemory/12582880}', 682],
  ])('reads the documented example %s', (text, value) => {
    expect(evaluateParameter(text, variables)).toBe(value)
  })

  it.each([
    ['150', 150],
    ['{EndPointPort}', 5432],
    ['{DBInstanceClassMemory*3/4}', 6 * 2 ** 30],
    ['{7/2*2}', 6],
    ['SUM({AllocatedStorage/1073741824},5,{EndPointPort})', 5537],
    ['IF({TrueIfReplica}, 10, 20)', 20],
    ['least( { DBInstanceClassMemory / 12582880 } , GREATEST(10, 20) )', 20],
    ['{GREATEST({log(DBInstanceClassMemory/805306368,2)*45},{log(DBInstanceClassMemory/8187281408,2)*1000})}', 135],
  ])('evaluates %s', (text, value) => {
    expect(evaluateParameter(text, variables)).toBe(value)
  })

  it.each(['', 'on', '{DBInstanceVCPU*10}', 'LEAST()', 'LEAST(1,', 'LEAST(1,,2)', '{1/0}', '{1', '1 2', '1,000', '-5', '1.5', 'FLOOR(1)', '{DBInstanceClassMemory > 2}'])(
    'gives nothing for %j, rather than a guess',
    (text) => {
      expect(evaluateParameter(text, variables)).toBeUndefined()
    },
  )
})
