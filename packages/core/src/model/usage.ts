/** What calls of somebody's API have cost. */
export interface Usage {
  /** Requests. */
  readonly calls: number
  /** What is paid for of them, in the API's own unit: metrics that were asked for. */
  readonly billed: number
  /** US dollars by the list price. */
  readonly dollars: number
}

/** The type of the resources whose history says what each collector spent; their name is the collector's. */
export const USAGE_TYPE = 'tocsin.usage'

/** The metrics of that history: what each cycle cost. */
export const USAGE_METRICS = ['calls', 'billed', 'dollars'] as const satisfies readonly (keyof Usage)[]
