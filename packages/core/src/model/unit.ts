/** What a metric counts in. A closed list, so that every unit has a format, a parser and a wording. */
export type Unit = 'percent' | 'bytes' | 'bytes/second' | 'seconds' | 'count' | 'count/second'

export const UNITS = ['percent', 'bytes', 'bytes/second', 'seconds', 'count', 'count/second'] as const satisfies readonly Unit[]
