import { describe, expect, it } from 'vitest'
import { type ErrorCode, TocsinError } from '../errors.ts'
import type { RecordContext, Recording, Sink } from '../plugin/recorder.ts'
import { aRecording, aResource, aSample } from './builders.ts'
import { FakeClock } from './fake-clock.ts'
import { recordContext } from './services.ts'

export interface RecorderContractOptions {
  /** A sink that keeps. The same place every time: what one has kept, the next finds. */
  readonly sink: () => Sink | Promise<Sink>
  /** What is kept by now: one text for each recording. */
  readonly recorded: () => readonly string[] | Promise<readonly string[]>
  /** What may go wrong, and how the recorder must put it. */
  readonly failures: readonly RecorderFailure[]
  /** Makes the place unreachable; returns how to bring it back. Leave it out for a recorder that has nowhere to keep anything meanwhile. */
  readonly outage?: () => (() => void | Promise<void>) | Promise<() => void | Promise<void>>
  /** Secrets that the sinks hold: none may show in any error. */
  readonly secrets: readonly string[]
}

export interface RecorderFailure {
  /** In words: `403 AccessDenied`. */
  readonly failure: string
  /** Makes the place fail so from now on; returns how to undo it. */
  readonly arrange: () => (() => void | Promise<void>) | Promise<() => void | Promise<void>>
  readonly code: ErrorCode
  /** Whether only a change by somebody helps. */
  readonly permanent: boolean
  /** Words that the error must hold: what is to be done. */
  readonly says?: string
}

const MINUTE = 60_000
/** Later than whatever the tests of a file have recorded before, and the same for nothing else. */
let minutes = 0

/** What every recorder must keep. Call it inside a test file. */
export function recorderContract(name: string, options: RecorderContractOptions): void {
  const next = (over: Partial<Recording> = {}): Recording => {
    minutes += 1
    const at = aRecording().at + minutes * MINUTE
    return { ...aRecording({ at }), ...over }
  }
  /** By an instance of its own: each is a process that was started anew. */
  const record = async (recording: Recording, over: Partial<RecordContext> = {}): Promise<void> => {
    const sink = await options.sink()
    expect(sink.problems.map(({ error }) => String(error))).toEqual([])
    const recorder = sink.open()
    try {
      await recorder.record(recording, recordContext({ clock: new FakeClock(recording.at), ...over }))
    } finally {
      await recorder.close?.()
    }
  }
  const recorded = async (since: number): Promise<readonly string[]> => (await options.recorded()).slice(since)
  const count = async (): Promise<number> => (await options.recorded()).length
  const iso = ({ at }: Recording): string => new Date(at).toISOString()

  describe(`${name} keeps the recorder contract`, () => {
    it('keeps what, when, where and how bad', async () => {
      const before = await count()
      const recording = next()
      await record(recording)
      const texts = await recorded(before)
      expect(texts).toHaveLength(1)
      for (const part of ['main', iso(recording), aResource().id, 'web-3', 'prod', 'us-west-2', 'ec2.cpu', '91', 'percent', 'critical']) expect(texts[0]).toContain(part)
    })

    it('keeps a recording once, however often it comes', async () => {
      const before = await count()
      const recording = next()
      for (let time = 0; time < 3; time++) await record(recording)
      await Promise.all([record(recording), record(recording)])
      expect(await recorded(before)).toHaveLength(1)
    })

    it('keeps two monitors apart that look at the same moment', async () => {
      const before = await count()
      const recording = next()
      await Promise.all([record(recording), record({ ...recording, monitor: 'other' })])
      expect(await recorded(before)).toHaveLength(2)
    })

    it('keeps names with markup, quotes and line breaks, and values at the ends of their range', async () => {
      const before = await count()
      const odd = '<b>"a"\\\r\n\u{1F525}${x}\u0000 {{y}} #'
      const values = [0, -0, -1.5, Number.MAX_VALUE, Number.MIN_VALUE, 5e-324, 1e-140, Infinity, -Infinity, Number.MAX_SAFE_INTEGER]
      const samples = values.map((value, index) => aSample({ resource: aResource({ id: `${odd}${index}`, name: odd, tags: { [odd]: odd } }), dimensions: { mount: odd }, value }))
      await record(next({ samples }))
      const texts = await recorded(before)
      expect(texts).toHaveLength(1)
      for (const part of ['Infinity', '1.7976931348623157e+308', '5e-324', '9007199254740991', '\u{1F525}']) expect(texts[0]).toContain(part)
    })

    it('keeps a thousand values of one moment', async () => {
      const before = await count()
      const samples = Array.from({ length: 1_000 }, (_, index) => {
        const resource = Math.floor(index / 10)
        return aSample({ resource: aResource({ id: `i-${resource}`, name: `web-${resource}` }), rule: `ec2.metric${index % 10}`, value: index })
      })
      await record(next({ samples }))
      const text = (await recorded(before)).join('\n')
      for (const part of ['web-0', 'web-99', 'ec2.metric9', '999']) expect(text).toContain(part)
    }, 20_000)

    it('has nothing against a cycle that saw nothing', async () => {
      await record(next({ samples: [] }))
    })

    it('ends soon when its time is up', async () => {
      const began = performance.now()
      await record(next(), { signal: AbortSignal.abort() }).catch((error: unknown) => expect(error).toBeInstanceOf(TocsinError))
      expect(performance.now() - began).toBeLessThan(2_000)
    })

    it.each(options.failures)('calls $failure $code, without a secret', { timeout: 30_000 }, async ({ arrange, code, permanent, says = '' }) => {
      const undo = await arrange()
      try {
        const thrown = await record(next()).then(
          () => undefined,
          (error: unknown) => error,
        )
        expect(thrown).toBeInstanceOf(TocsinError)
        expect(thrown).toMatchObject({ code, permanent })
        expect(String(thrown)).toContain(says)
        for (const secret of options.secrets) expect(`${String(thrown)} ${JSON.stringify(thrown)}`).not.toContain(secret)
      } finally {
        await undo()
      }
    })

    const { outage } = options
    if (outage) {
      it('keeps after an outage what it could not keep during it, once, whatever process goes on', async () => {
        // What was left over by the other tests is not counted.
        await record(next())
        const before = await count()
        const end = await outage()
        const during = [next(), next(), next()]
        for (const recording of during) await expect(record(recording)).rejects.toBeInstanceOf(TocsinError)
        expect(await count().catch(() => before)).toBe(before)
        await end()
        const after = next()
        await record(after)
        const texts = await recorded(before)
        expect(texts).toHaveLength(4)
        for (const recording of [...during, after]) expect(texts.filter((text) => text.includes(iso(recording)))).toHaveLength(1)
      }, 20_000)
    }
  })
}
