import { describe, expect, it } from 'vitest'
import { parseOptions } from './parse-options.ts'
import { ruleOptions } from './rule-options.ts'

const read = (options: object) => {
  const parsed = parseOptions(ruleOptions, options)
  return parsed.ok ? parsed.options : parsed.problems.map(({ path, error }) => `${path.join('.')}: ${error.code} ${error.message} · ${error.fix}`)
}

describe('the options of every rule', () => {
  it('default to one point that decides, missing points that are missing, no warm-up and flap detection', () => {
    expect(read({})).toMatchObject({ occurrences: { hot: 1, of: 1, range: 3 }, missing: 'missing', warmUp: 0, flapping: true, for: { warning: 0, critical: 0 } })
  })

  it('read M of N with the default range or another', () => {
    expect(read({ occurrences: '3 of 5' })).toMatchObject({ occurrences: { hot: 3, of: 5, range: 7 } })
    expect(read({ occurrences: { points: '2 of 3' } })).toMatchObject({ occurrences: { hot: 2, of: 3, range: 5 } })
    expect(read({ occurrences: { points: '2 of 3', within: 3 } })).toMatchObject({ occurrences: { range: 3 } })
  })

  it('read the lines of flap detection', () => {
    expect(read({ flapping: false })).toMatchObject({ flapping: false })
    expect(read({ flapping: { enter: 50 } })).toMatchObject({ flapping: { enter: 50, leave: 25 } })
  })

  it.each([
    [{ occurrences: '3/5' }, 'occurrences: E103 "occurrences" cannot be "3/5" · expected a text such as "3 of 5"'],
    [{ occurrences: '6 of 5' }, 'occurrences: E103 "occurrences" cannot be "6 of 5" · expected at least "1 of 1", and no more of the points than there are'],
    [{ occurrences: '0 of 5' }, 'occurrences: E103 "occurrences" cannot be "0 of 5" · expected at least "1 of 1", and no more of the points than there are'],
    [{ occurrences: { points: '3 of 5', within: 4 } }, 'occurrences: E103 "occurrences" cannot be an object · expected "within" to hold all the points, and no more than 200'],
    [{ occurrences: '3 of 190' }, 'occurrences: E103 "occurrences" cannot be "3 of 190" · expected "within" to hold all the points, and no more than 200'],
    [{ missing: 'skip' }, 'missing: E103 "missing" cannot be "skip" · Invalid option: expected one of "missing"|"ignore"|"breaching"|"notBreaching"'],
    [{ warmUp: 5 }, 'warmUp: E103 "warmUp" cannot be 5 · expected string, received number'],
    [{ warmUp: 'soon' }, 'warmUp: E104 "warmUp" is not a duration: "soon" · write a number and ms, s, m, h, d or w: "5m"'],
    [{ flapping: { enter: 20 } }, 'flapping: E103 "flapping" cannot be an object · expected "leave" at or below "enter"'],
  ])('refuse %j', (options, problem) => {
    expect(read(options)).toEqual([problem])
  })
})
