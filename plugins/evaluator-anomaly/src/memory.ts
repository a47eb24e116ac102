/**
 * The numbers that a detector remembers of one series, and their form in a store. Each part of a detector takes the arrays it needs
 * when it is made, always in the same order, and keeps nothing outside of them: so what is read back goes on bit for bit.
 */
export class Memory {
  readonly #parts: (Float64Array | Float32Array)[] = []

  /** Numbers that need all their digits. */
  numbers(length: number): Float64Array {
    const part = new Float64Array(length)
    this.#parts.push(part)
    return part
  }

  /** Counts, at half the size. */
  counts(length: number): Float32Array {
    const part = new Float32Array(length)
    this.#parts.push(part)
    return part
  }

  write(): string {
    return Buffer.concat(this.#parts.map(bytes)).toString('base64')
  }

  /** @returns false, with everything left at zero, when the text was written by a memory of another layout. */
  read(text: string): boolean {
    const source = Buffer.from(text, 'base64')
    if (source.length !== this.#parts.reduce((sum, { byteLength }) => sum + byteLength, 0)) return false
    let offset = 0
    for (const part of this.#parts) offset += source.copy(bytes(part), 0, offset)
    return true
  }
}

const bytes = ({ buffer, byteOffset, byteLength }: Float64Array | Float32Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)
