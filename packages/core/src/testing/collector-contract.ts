import { describe, expect, it } from 'vitest'
import { TocsinError } from '../errors.ts'
import type { Series } from '../model/series.ts'
import type { CollectContext } from '../plugin/collector.ts'
import type { Watch } from '../plugin/rule.ts'
import { collectContext } from './services.ts'

export interface CollectorContractOptions {
  /** A watch over a world that has at least one resource with points. */
  readonly watch: () => Watch | Promise<Watch>
  /** A watch over a world that cannot be reached or refuses, with secrets that must not show. */
  readonly broken?: { readonly watch: () => Watch | Promise<Watch>; readonly secrets?: readonly string[] }
  /** Overrides of the context, such as a clock. */
  readonly context?: () => Partial<CollectContext>
}

/** What every collector must keep. Call it inside a test file. */
export function collectorContract(name: string, options: CollectorContractOptions): void {
  describe(`${name} keeps the collector contract`, () => {
    it('yields well-formed series of wanted metrics only', async () => {
      const watch = await options.watch()
      expect(watch.problems.map(({ error }) => String(error))).toEqual([])
      const { series, failures } = await collect(watch, options)
      expect(failures.map(String)).toEqual([])
      expect(series.length).toBeGreaterThan(0)
      for (const one of series) expectWellFormed(one, watch)
      expect(series.some(({ values }) => values.some((value) => !Number.isNaN(value)))).toBe(true)
    })

    it('yields only the metrics it was asked for', async () => {
      const watch = await options.watch()
      const first = Object.keys(watch.metrics)[0] as string
      const { series } = await collect(watch, options, new Set([first]))
      expect(series.every(({ metric }) => metric === first)).toBe(true)
    })

    it('names each series the same in every cycle, and no two alike', async () => {
      const watch = await options.watch()
      const collector = watch.open()
      try {
        const names = async (): Promise<string[]> => (await drain(collector, watch, options)).series.map(identity).sort()
        const first = await names()
        expect(new Set(first).size).toBe(first.length)
        expect(await names()).toEqual(first)
      } finally {
        await collector.close?.()
      }
    })

    it('plans what it is going to cost as no more than all that is spent at its source, where it has a price', async () => {
      const watch = await options.watch()
      const collector = watch.open()
      const context = collectContext(options.context?.())
      try {
        const cost = await collector.plan?.(new Set(Object.keys(watch.metrics)), { ...context, cycles: [0, 1, 2].map((cycle) => context.now + cycle * context.interval) })
        if (cost === undefined) return
        expect(context.failures.map(({ error }) => String(error))).toEqual([])
        const { own, shared } = cost
        for (const key of ['calls', 'billed', 'dollars'] as const) {
          expect(own[key]).toBeGreaterThan(0)
          expect(own[key]).toBeLessThanOrEqual(shared.total[key] * (1 + 1e-9))
          expect(shared.first[key]).toBeLessThanOrEqual(shared.total[key])
        }
      } finally {
        await collector.close?.()
      }
    })

    it('ends soon when its time is up', async () => {
      const watch = await options.watch()
      const began = performance.now()
      await collect(watch, options, undefined, { signal: AbortSignal.abort() }).catch(() => {})
      expect(performance.now() - began).toBeLessThan(2_000)
    })

    if (options.broken) {
      const { broken } = options
      it('says what is wrong as a coded error, without secrets', async () => {
        const watch = await broken.watch()
        const thrown: unknown[] = []
        const { failures } = await collect(watch, options).catch((error: unknown) => {
          thrown.push(error)
          return { failures: [] as TocsinError[] }
        })
        const errors = [...failures, ...thrown]
        expect(errors.length).toBeGreaterThan(0)
        for (const error of errors) {
          expect(error).toBeInstanceOf(TocsinError)
          const text = `${String(error)} ${JSON.stringify(error)}`
          for (const secret of broken.secrets ?? []) expect(text).not.toContain(secret)
        }
      })
    }
  })
}

async function collect(watch: Watch, options: CollectorContractOptions, wanted?: ReadonlySet<string>, over: Partial<CollectContext> = {}) {
  const collector = watch.open()
  try {
    return await drain(collector, watch, options, wanted, over)
  } finally {
    await collector.close?.()
  }
}

async function drain(collector: ReturnType<Watch['open']>, watch: Watch, options: CollectorContractOptions, wanted?: ReadonlySet<string>, over: Partial<CollectContext> = {}) {
  const context = collectContext({ ...options.context?.(), ...over })
  const series: Series[] = []
  for await (const one of collector.collect(wanted ?? new Set(Object.keys(watch.metrics)), context)) series.push(one)
  return { series, failures: context.failures.map(({ error }) => error) }
}

function identity({ resource, metric, labels = {} }: Series): string {
  return JSON.stringify([resource.id, metric, Object.keys(labels).sort().map((name) => [name, labels[name]])])
}

function expectWellFormed(series: Series, watch: Watch): void {
  expect(Object.keys(watch.metrics)).toContain(series.metric)
  expect(series.resource.id).not.toBe('')
  expect(series.resource.name).not.toBe('')
  expect(series.period).toBeGreaterThan(0)
  expect(series.timestamps).toBeInstanceOf(Float64Array)
  expect(series.values.length).toBe(series.timestamps.length)
  expect(series.timestamps.every((at, index) => index === 0 || at > (series.timestamps[index - 1] as number))).toBe(true)
  expect(series.timestamps.every((at) => at > 1e12 && at < 1e14)).toBe(true)
}
