/** What calls of somebody's API have cost. */
export interface Usage {
  /** Requests. */
  readonly calls: number
  /** What is paid for of them, in the API's own unit: metrics that were asked for. */
  readonly billed: number
  /** US dollars by the list price. */
  readonly dollars: number
}
