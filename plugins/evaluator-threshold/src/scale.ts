import { lineText } from './line-text.ts'
import type { Line, Lines } from './lines.ts'
import type { Operator } from './options.ts'

/** The lines of a rule as the judging of one point wants them: higher is always worse, NaN stands for no line. */
export interface Scale {
  /** 1 where high is bad, -1 where low is. */
  readonly sign: 1 | -1
  /** Whether a value on a breach line breaches. */
  readonly onLine: boolean
  readonly warning: number
  readonly critical: number
  readonly hysteresis: boolean
  readonly clearWarning: number
  readonly clearCritical: number
  readonly reasons: Reasons
}

/** What can be said of a point. */
interface Reasons {
  readonly warning: string
  readonly critical: string
  /** It breaches nothing, but is not on the good side of every clear line. */
  readonly held: string
  /** It is well. */
  readonly none: string
}

const OPPOSITE: Readonly<Record<Operator, Operator>> = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' }

export function scaleOf(lines: Lines): Scale {
  const sign = lines.operator.startsWith('>') ? 1 : -1
  const at = (line: Line | undefined): number => (line ? sign * line.value : NaN)
  return {
    sign,
    onLine: lines.operator.endsWith('='),
    warning: at(lines.breach.warning),
    critical: at(lines.breach.critical),
    hysteresis: lines.clear.warning !== undefined || lines.clear.critical !== undefined,
    clearWarning: at(lines.clear.warning),
    clearCritical: at(lines.clear.critical),
    reasons: reasonsOf(lines),
  }
}

function reasonsOf({ operator, breach, clear, unit }: Lines): Reasons {
  const words = (compared: Operator, line: Line | undefined): string => (line ? `${compared} ${lineText(line, unit)}` : '')
  const [good, held]: [Operator, Operator] = operator.startsWith('>') ? ['<', '>='] : ['>', '<=']
  const lowest = breach.warning ? 'warning' : 'critical'
  return {
    warning: words(operator, breach.warning),
    critical: words(operator, breach.critical),
    held: words(held, clear.warning ?? clear.critical),
    none: clear[lowest] ? words(good, clear[lowest]) : words(OPPOSITE[operator], breach[lowest]),
  }
}
