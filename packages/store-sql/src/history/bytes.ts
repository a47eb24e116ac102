/** Writes whole numbers in as few bytes as they need, seven bits a byte. */
export interface ByteWriter {
  /** A whole number from 0 to 2^53 - 1. */
  uint(value: number): void
  /** A whole number, its sign in the lowest bit: from -2^52 to 2^52 - 1. */
  int(value: number): void
  bytes(bytes: Uint8Array): void
  finish(): Uint8Array
}

/** Reads what a writer wrote, in the same order. */
export interface ByteReader {
  /** Bytes that are left. */
  readonly left: number
  byte(): number
  uint(): number
  int(): number
  /** The next `length` bytes, not copied. */
  bytes(length: number): Uint8Array
}

export function byteWriter(): ByteWriter {
  let buffer = new Uint8Array(256)
  let length = 0
  const reserve = (more: number): void => {
    if (length + more <= buffer.length) return
    const grown = new Uint8Array(Math.max(buffer.length * 2, length + more))
    grown.set(buffer)
    buffer = grown
  }
  const uint = (value: number): void => {
    reserve(8)
    let rest = value
    while (rest > 127) {
      buffer[length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    buffer[length++] = rest
  }
  return {
    uint,
    int: (value) => uint(zigzag(value)),
    bytes(bytes) {
      reserve(bytes.length)
      buffer.set(bytes, length)
      length += bytes.length
    },
    finish: () => buffer.slice(0, length),
  }
}

/** @throws RangeError (from the reads) when the bytes end in the middle of something. */
export function byteReader(buffer: Uint8Array): ByteReader {
  let at = 0
  const byte = (): number => {
    const next = buffer[at++]
    if (next === undefined) throw new RangeError('the bytes end too early')
    return next
  }
  const uint = (): number => {
    const first = buffer[at] ?? 128
    if (first < 128) {
      at++
      return first
    }
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = buffer[at++]
      if (byte === undefined) throw new RangeError('the bytes end in the middle of a number')
      value += (byte % 128) * scale
      if (byte < 128) return value
    }
  }
  return {
    get left() {
      return buffer.length - at
    },
    byte,
    uint,
    int: () => unzigzag(uint()),
    bytes(length) {
      if (at + length > buffer.length) throw new RangeError('the bytes end too early')
      at += length
      return buffer.subarray(at - length, at)
    },
  }
}

/** Small numbers of either sign become small numbers without one: 0, -1, 1, -2 become 0, 1, 2, 3. */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)

export const unzigzag = (value: number): number => (value < 2 ** 31 ? (value >>> 1) ^ -(value & 1) : value % 2 === 0 ? value / 2 : -(value + 1) / 2)
