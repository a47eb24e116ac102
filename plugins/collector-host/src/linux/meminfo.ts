/** `/proc/meminfo`, in bytes. A field that the kernel does not give is `undefined`. */
export interface Meminfo {
  readonly total: number | undefined
  readonly available: number | undefined
  readonly swapTotal: number | undefined
  readonly swapFree: number | undefined
}

export function parseMeminfo(text: string): Meminfo {
  const bytes = (field: string): number | undefined => {
    const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024
  }
  return { total: bytes('MemTotal'), available: bytes('MemAvailable'), swapTotal: bytes('SwapTotal'), swapFree: bytes('SwapFree') }
}
