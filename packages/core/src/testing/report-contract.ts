import { describe, expect, it } from 'vitest'
import { oneLine } from '../one-line.ts'
import type { Letter } from '../model/letter.ts'
import type { ReportContext, ScheduledReport } from '../plugin/report.ts'
import { memoryStore } from '../store/memory-store.ts'
import { pastOf } from '../store/past.ts'

export interface ReportContractOptions {
  /** A report that is sound. */
  readonly report: () => ScheduledReport
  /** When it falls due, milliseconds since the epoch. */
  readonly at: number
  /**
   * A store that saw resources of these names in the period before `at`, some of which fired. What it opened the test file closes.
   */
  readonly saw: (names: readonly string[]) => Promise<ReportContext>
}

/** Gmail clips what is longer than 102 KiB, its own additions included. */
const MOST_HTML = 90_000

/** What every report must keep. Call it inside a test file. */
export function reportContract(name: string, { report, at, saw }: ReportContractOptions): void {
  const scheduled = report()
  const period = (): ReturnType<ScheduledReport['period']> => scheduled.period(at, 'UTC')
  const compose = async (context: ReportContext): Promise<Letter> => {
    const opened = report().open()
    try {
      return await opened.compose(period(), context)
    } finally {
      await opened.close?.()
    }
  }

  // Pictures are drawn, on a machine that other tests keep busy.
  describe(`${name} keeps the report contract`, { timeout: 60_000 }, () => {
    it('is about a time that is over when it falls due', () => {
      expect(scheduled.problems.map(({ error }) => String(error))).toEqual([])
      const { from, until, name: words } = period()
      expect(from).toBeLessThan(until)
      expect(until).toBeLessThanOrEqual(at)
      expect(words).toBe(oneLine(words))
      expect(words).not.toBe('')
      expect(scheduled.period(until, 'UTC')).toEqual(period())
    })

    it('gives the same letter of the same past, in every form', async () => {
      const context = await saw(['web-1', 'web-2'])
      const letter = await compose(context)
      expect(await compose(context)).toEqual(letter)
      expect(letter.subject).toBe(oneLine(letter.subject))
      for (const form of [letter.subject, letter.text, letter.html, letter.short.title, letter.short.summary]) expect(form.trim()).not.toBe('')
      expect(`${letter.text} ${letter.html}`).toContain('web-1')
    })

    it('shows the pictures that it carries, and carries those that it shows', async () => {
      const { html, images } = await compose(await saw(['web-1']))
      expect(new Set([...html.matchAll(/cid:([^"')\s]+)/g)].map(([, cid]) => cid))).toEqual(new Set(images.map(({ cid }) => cid)))
      for (const { content } of images) expect(Buffer.from(content).subarray(1, 4).toString()).toBe('PNG')
    })

    it('obeys no name', async () => {
      const { html, subject } = await compose(await saw(['<script>alert(1)</script>"\r\n{{x}}']))
      expect(html).not.toMatch(/<script/i)
      expect(subject).not.toMatch(/[\r\n]/)
    })

    it('stays below what mail readers cut, whatever it saw', async () => {
      const { html } = await compose(await saw(Array.from({ length: 300 }, (_, index) => `${'web'.repeat(20)}-${index}`)))
      expect(Buffer.byteLength(html)).toBeLessThan(MOST_HTML)
    })

    it('is sent although nothing is known', async () => {
      const letter = await compose({ ...(await saw([])), past: pastOf(memoryStore(), 'main') })
      expect(letter.subject).not.toBe('')
    })
  })
}
