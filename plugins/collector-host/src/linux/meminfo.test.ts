import { expect, it } from 'vitest'
import { parseMeminfo } from './meminfo.ts'

it('reads bytes out of kibibytes', () => {
  const text = `MemTotal:       24683660 kB
MemFree:        23670236 kB
MemAvailable:   24233800 kB
Buffers:           28020 kB
SwapCached:          512 kB
SwapTotal:       2097148 kB
SwapFree:        1048574 kB
HugePages_Total:       0
`
  expect(parseMeminfo(text)).toEqual({ total: 24683660 * 1024, available: 24233800 * 1024, swapTotal: 2097148 * 1024, swapFree: 1048574 * 1024 })
})

it('leaves out what an old kernel does not give', () => {
  expect(parseMeminfo('MemTotal:  1000 kB\nMemFree:  10 kB\n')).toEqual({ total: 1024000, available: undefined, swapTotal: undefined, swapFree: undefined })
  expect(parseMeminfo('')).toEqual({ total: undefined, available: undefined, swapTotal: undefined, swapFree: undefined })
})
