/**
 * GiB of memory of an `xlarge` by family of instance class. Every family scales evenly: a `large` has half of it, a `4xlarge`
 * four times it. Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
 */
const GIB_PER_XLARGE: readonly (readonly [family: RegExp, gib: number])[] = [
  [/^t\d/, 16],
  [/^m3$/, 15],
  [/^m\d/, 16],
  [/^r[34]$/, 30.5],
  [/^r\d/, 32],
  [/^x1$/, 61],
  [/^x1e$/, 122],
  [/^x2ie(dn|zn)$/, 128],
  [/^x\d/, 64],
  [/^z1d$/, 32],
  [/^c\d/, 8],
]

/** Sizes as parts of an `xlarge`. */
const PARTS: Readonly<Record<string, number>> = { micro: 1 / 16, small: 1 / 8, medium: 1 / 4, large: 1 / 2 }

/** `db.r5.2xlarge`, and `db.r5.2xlarge.tpc1.mem4x`, which has four times the memory of its size. */
const CLASS = /^db\.(\w+)\.(?:(\d*)xlarge|(micro|small|medium|large))(?:\.tpc\d)?(?:\.mem(\d+)x)?$/

/** Bytes of memory of an instance class as AWS's table shows it, or `undefined` for one without a fixed size (`db.serverless`). */
export function classMemory(instanceClass: string): number | undefined {
  const [, family = '', count, part = '', times = '1'] = CLASS.exec(instanceClass) ?? []
  const gib = GIB_PER_XLARGE.find(([pattern]) => pattern.test(family))?.[1]
  if (gib === undefined) return undefined
  const size = count === undefined ? PARTS[part] : Number(count || 1)
  return size === undefined ? undefined : gib * size * Number(times) * 2 ** 30
}

const RESERVED_BYTES = 260e6
const RESERVED_SHARE = 0.03

/**
 * Bytes that the variable `DBInstanceClassMemory` stands for: the memory of the class less what the operating system and RDS
 * keep for themselves. AWS does not publish that reserve. 260 MB and 3% give the default `max_connections` that AWS's pages and
 * users report for 1 to 32 GiB within 8%; the test holds the list.
 */
export function availableMemory(instanceClass: string): number | undefined {
  const total = classMemory(instanceClass)
  return total === undefined ? undefined : Math.trunc(total * (1 - RESERVED_SHARE) - RESERVED_BYTES)
}
