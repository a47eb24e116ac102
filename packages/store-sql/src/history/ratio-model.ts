import { fractionOf, partsOf, type Ratio } from './ratio.ts'

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
/** Above this many parts of a denominator that all share, it explains nothing. */
const LARGEST_DENOMINATOR = 2 ** 40
/** A model must explain this share of the values. */
const EXPLAINED = 0.75
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
  const fractions = sample.map((value) => fractionOf(value, factor)).filter((ratio) => ratio !== undefined)
  if (fractions.length < sample.length * EXPLAINED) return []
  const common = fractions.reduce((all, { denominator }) => leastCommonMultiple(all, denominator), 1)
  if (common <= LARGEST_DENOMINATOR) return [modelOf(values, factor, (value) => partsOf(value, factor, common))]
  const model = modelOf(values, factor, (value) => fractionOf(value, factor))
  return model === undefined ? [] : [{ ...model, ratios: widened(model.ratios) }]
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
