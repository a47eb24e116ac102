import { fractionOf, type Net, partsOf, type Ratio } from './ratio.ts'

/** Values as ratios with one factor. A value that fits none is an exception: its ratio repeats the one before it. */
export interface RatioModel {
  readonly factor: number
  readonly ratios: readonly Ratio[]
  /** Positions of the values that are not what their ratio says. */
  readonly exceptions: readonly number[]
  /** Whether these are whole numbers or short decimals: then no other layout is worth trying. */
  readonly plain: boolean
}

/** What programs multiply a share by: nothing, to percent, milliseconds to seconds. */
const FACTORS = [1, 100, 1_000]
/** The most digits after the decimal point that are looked for. */
const MOST_DECIMALS = 15
/** Decimals of which nobody doubts that the value was written with them. */
const SHORT = 6
/** A denominator that all share explains nothing when values have more parts of it than this: so fine a grid is near everything. */
const MOST_PARTS = 2 ** 38
/** A model must explain this share of the values. */
const EXPLAINED = 0.75
/** Fractions that are what they look like, nearly always. */
const SAFE: Net = { nudge: 32, product: 2 ** 46 }
/** Fractions of larger numbers, every few of them by mistake. */
const FINE: Net = { nudge: 4, product: 2 ** 50 }
/** Values that are looked at before all are. */
const SAMPLE = 16

/** The models that explain most of the values, each another way; the shortest encoding decides between them. */
export function ratioModels(values: readonly number[]): RatioModel[] {
  const sample = sampleOf(values)
  if (sample.length === 0) return []
  const decimal = decimalModel(values, sample)
  if (decimal?.plain) return [decimal]
  return [decimal, ...FACTORS.flatMap((factor) => fractionModels(values, sample, factor))].filter((model) => model !== undefined)
}

function sampleOf(values: readonly number[]): number[] {
  const usable = values.filter((value) => Number.isFinite(value) && value !== 0)
  const step = Math.max(1, usable.length / SAMPLE)
  return Array.from({ length: Math.min(SAMPLE, usable.length) }, (_, index) => usable[Math.floor(index * step)] ?? 0)
}

/** Whole numbers and decimals: the fewest decimals that explain the values. */
function decimalModel(values: readonly number[], sample: readonly number[]): RatioModel | undefined {
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    const denominator = 10 ** decimals
    if (!explains(sample, (value) => partsOf(value, 1, denominator))) continue
    const model = modelOf(values, 1, (value) => partsOf(value, 1, denominator))
    if (model !== undefined) return { ...model, plain: decimals <= SHORT }
  }
  return undefined
}

function fractionModels(values: readonly number[], sample: readonly number[], factor: number): (RatioModel | undefined)[] {
  const common = commonDenominator(sample, factor)
  if (common !== undefined) return [modelOf(values, factor, (value) => partsOf(value, factor, common))]
  if (!explains(sample, (value) => fractionOf(value, factor, SAFE))) return []
  const model = modelOf(values, factor, (value) => fractionOf(value, factor, SAFE))
  return model === undefined ? [] : [{ ...model, ratios: widened(model.ratios) }]
}

/**
 * The smallest denominator of which most values are whole parts, such as the size of a memory or a disk. Many a value only looks like a
 * fraction, and many can be reduced: so each two of the denominators that are found make a candidate, and the values decide.
 */
function commonDenominator(sample: readonly number[], factor: number): number | undefined {
  const found = sample.flatMap((value) => [SAFE, FINE].map((net) => fractionOf(value, factor, net)?.denominator ?? 1))
  const denominators = [...new Set(found)]
  const largest = Math.max(...sample.map(Math.abs))
  const candidates = new Set(denominators.flatMap((a) => denominators.map((b) => leastCommonMultiple(a, b))))
  return [...candidates].sort((a, b) => a - b).find((candidate) => (largest * candidate) / factor <= MOST_PARTS && explains(sample, (value) => partsOf(value, factor, candidate)))
}

/**
 * Denominators as they were before the fraction was reduced: ticks of a minute are about as many each time. Most fractions of a random
 * numerator cannot be reduced, so the usual denominator is found among the larger ones.
 */
function widened(ratios: readonly Ratio[]): Ratio[] {
  const usual = ratios.map(({ denominator }) => denominator).sort((a, b) => a - b)[Math.floor(ratios.length * 0.75)] ?? 1
  return ratios.map(({ numerator, denominator, nudge }) => {
    const times = Math.max(1, Math.round(usual / denominator))
    return { numerator: numerator * times, denominator: denominator * times, nudge }
  })
}

const explains = (values: readonly number[], ratioOf: (value: number) => Ratio | undefined): boolean =>
  values.filter((value) => ratioOf(value) !== undefined).length >= values.length * EXPLAINED

function modelOf(values: readonly number[], factor: number, ratioOf: (value: number) => Ratio | undefined): RatioModel | undefined {
  const exceptions: number[] = []
  const found = values.map((value, index) => {
    const ratio = Number.isFinite(value) ? ratioOf(value) : undefined
    if (ratio === undefined) exceptions.push(index)
    return ratio
  })
  if (exceptions.length > values.length * (1 - EXPLAINED)) return undefined
  let last = found.find((ratio) => ratio !== undefined) ?? { numerator: 0, denominator: 1, nudge: 0 }
  return { factor, exceptions, plain: false, ratios: found.map((ratio) => (last = ratio ?? last)) }
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y > 0) [x, y] = [y, x % y]
  return (a / x) * b
}
