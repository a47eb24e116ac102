import { SEVERITIES, TocsinError } from '@tocsin/core'
import type { Line, Lines } from './lines.ts'
import { lineText } from './line-text.ts'

/** What is wrong between the lines of a rule. */
export function contradictions({ operator, breach, clear, unit }: Lines): TocsinError[] {
  const worseHigh = operator.startsWith('>')
  const [outward, inward] = worseHigh ? ['above', 'below'] : ['below', 'above']
  /** How much farther out the first line is than the second. */
  const beyond = (a: number, b: number): number => (worseHigh ? a - b : b - a)
  const text = (line: Line): string => lineText(line, unit)

  if (breach.warning && breach.critical && !(beyond(breach.critical.value, breach.warning.value) > 0)) {
    const what = `"critical" ${operator} ${text(breach.critical)} is not stricter than "warning" ${operator} ${text(breach.warning)}`
    return [contradiction(what, `put critical ${outward} ${text(breach.warning)}, or warning ${inward} ${text(breach.critical)}`)]
  }
  const wrong = SEVERITIES.flatMap((level) => {
    const [line, end] = [breach[level], clear[level]]
    if (!line || !end || beyond(end.value, line.value) <= 0) return []
    const what = `the clear line ${text(end)} of ${level} is on the wrong side of its breach line ${operator} ${text(line)}`
    return [contradiction(what, `clear at ${text(line)} or ${inward}`)]
  })
  if (wrong.length > 0 || !breach.warning || !clear.critical) return wrong
  // RED is never lighter than AMBER, so AMBER cannot be over where RED still holds.
  const end = clear.warning ?? breach.warning
  if (beyond(end.value, clear.critical.value) <= 0) return []
  const what = `critical would end at ${text(clear.critical)}, after warning, which ends at ${text(end)}`
  return [contradiction(what, `clear warning at ${text(clear.critical)} or ${inward}, or critical at ${text(end)} or ${outward}`)]
}

const contradiction = (what: string, fix: string): TocsinError => new TocsinError('E112', what, { fix })
