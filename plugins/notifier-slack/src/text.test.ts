import { expect, it } from 'vitest'
import { fit, fitLines } from './text.ts'

it('shows markup instead of obeying it', () => {
  expect(fit('<!channel> <http://x|y> a & b', 100)).toBe('&lt;!channel&gt; &lt;http://x|y&gt; a &amp; b')
})

it('cuts between characters and entities, and stays within the limit', () => {
  expect(fit('abcdef', 6)).toBe('abcdef')
  expect(fit('abcdefg', 6)).toBe('abcde…')
  expect(fit('ab<<<', 8)).toBe('ab&lt;…')
  expect(fit('👩‍🚒👩‍🚒👩‍🚒', 12)).toBe('👩‍🚒👩‍🚒…')
  for (let most = 1; most < 40; most++) expect(fit('<👩‍🚒>&'.repeat(20), most).length).toBeLessThanOrEqual(most)
})

it('counts the lines that it leaves out', () => {
  const lines = Array.from({ length: 500 }, (_, index) => `RED web-${index} cpu 91%`)
  const byCount = fitLines(lines, 10_000)
  expect(byCount.split('\n')).toHaveLength(51)
  expect(byCount).toMatch(/web-49 cpu 91%\nand 450 more$/)
  const bySize = fitLines(lines, 200)
  expect(bySize.length).toBeLessThanOrEqual(200)
  const shown = bySize.split('\n').length - 1
  expect(bySize).toContain(`and ${500 - shown} more`)
  expect(fitLines(['one', 'two'], 200)).toBe('one\ntwo')
})
