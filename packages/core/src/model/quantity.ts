import { type Duration, formatDuration, parseDuration } from './duration.ts'
import type { Unit } from './unit.ts'

/** A value as people write it for a metric of unit `U`: `80` or `'80%'`, `'20GB'`, `'250ms'`. A bare number is in the metric's own unit. */
export type Quantity<U extends Unit> = U extends 'percent'
  ? number | `${number}%`
  : U extends 'bytes' | 'bytes/second'
    ? number | `${number}${ByteSuffix}`
    : U extends 'seconds'
      ? number | Duration
      : number

type ByteSuffix = 'KB' | 'MB' | 'GB' | 'TB' | 'KiB' | 'MiB' | 'GiB' | 'TiB'

const BYTES: Readonly<Record<ByteSuffix, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}
const BYTE_PATTERN = /^(-?\d+(?:\.\d+)?)([KMGT]i?B)$/
const PERCENT_PATTERN = /^(-?\d+(?:\.\d+)?)%$/

/** The value in the metric's own unit, or `undefined` when the text does not fit the unit. */
export function parseQuantity(quantity: number | string, unit: Unit): number | undefined {
  if (typeof quantity === 'number') return Number.isNaN(quantity) ? undefined : quantity
  if (/^-?\d+(\.\d+)?$/.test(quantity)) return Number(quantity)
  switch (unit) {
    case 'percent': {
      const match = PERCENT_PATTERN.exec(quantity)
      return match ? Number(match[1]) : undefined
    }
    case 'bytes':
    case 'bytes/second': {
      const match = BYTE_PATTERN.exec(quantity)
      return match ? Number(match[1]) * BYTES[match[2] as ByteSuffix] : undefined
    }
    case 'seconds': {
      const ms = parseDuration(quantity)
      return ms === undefined ? undefined : ms / 1_000
    }
    case 'count':
    case 'count/second':
      return undefined
  }
}

/** How to write a value of this unit: for error messages. */
export function quantityExample(unit: Unit): string {
  switch (unit) {
    case 'percent':
      return '80 or "80%"'
    case 'bytes':
    case 'bytes/second':
      return '1000000 or "20GB"'
    case 'seconds':
      return '0.25 or "250ms"'
    case 'count':
    case 'count/second':
      return '100'
  }
}

/** A value for people: `91%`, `12.4 GB`, `250ms`, `1,204`, `no answer` for an infinite time. */
export function formatQuantity(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return 'no data'
  switch (unit) {
    case 'percent':
      // 99.95% is not yet 100%: a full disk and an almost full one are not the same.
      if (Math.abs(value) < 0.005) return '0%'
      return Math.abs(value) < 100 && Math.abs(value) > 99.9 ? `${Math.trunc(value * 100) / 100}%` : `${round(value)}%`
    case 'bytes':
      return formatBytes(value)
    case 'bytes/second':
      return `${formatBytes(value)}/s`
    case 'seconds':
      if (value === Infinity) return 'no answer'
      return value < 0 ? `-${formatDuration(-value * 1_000)}` : formatDuration(value * 1_000)
    case 'count':
      return round(value)
    case 'count/second':
      return `${round(value)}/s`
  }
}

function formatBytes(value: number): string {
  const size = Math.abs(value)
  for (const [suffix, unit] of [['TB', 1e12], ['GB', 1e9], ['MB', 1e6], ['KB', 1e3]] as const) {
    if (size >= unit && Number.isFinite(size)) return `${round(value / unit)} ${suffix}`
  }
  return `${round(value)} B`
}

/** Three significant digits below 1000, whole and grouped above. */
function round(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}
