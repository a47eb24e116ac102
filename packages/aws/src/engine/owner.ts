/** Who asks for metrics and pays for them: one collector of one monitor. Told apart by identity. */
export interface Owner {
  /** The collector's name. Several owners may share it. */
  readonly name: string
  /** US dollars that GetMetricData may cost the owner in a month of 30 days. Default: no limit. */
  readonly maxUsdPerMonth?: number | undefined
}
