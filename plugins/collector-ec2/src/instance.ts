import { z } from 'zod'

/** What DescribeInstances tells, as far as it is needed. */
export const describedInstances = z.object({
  // EC2 always sends the list, empty or not: an answer without it is none.
  Reservations: z.array(
    z.object({
      OwnerId: z.string(),
      Instances: z
        .array(
          z.object({
            InstanceId: z.string(),
            InstanceType: z.string(),
            ImageId: z.string().optional(),
            Monitoring: z.object({ State: z.string().optional() }).optional(),
            Tags: z.array(z.object({ Key: z.string(), Value: z.string().default('') })).default([]),
          }),
        )
        .default([]),
    }),
  ),
  NextToken: z.string().optional(),
})

/** One reservation: instances of one owner that were started together. */
export type Reservation = z.output<typeof describedInstances>['Reservations'][number]

export type DescribedInstance = Reservation['Instances'][number]

/** What metrics depend on. */
export const storedFacts = z.object({
  instanceType: z.string(),
  imageId: z.string().optional(),
  /** Detailed monitoring: a point each minute instead of one in five. */
  detailed: z.boolean(),
  /** Reports what goes to its EBS volumes. */
  nitro: z.boolean(),
  /** Earns and spends CPU credits. */
  burstable: z.boolean(),
})
export type InstanceFacts = Readonly<z.output<typeof storedFacts>>

/** The families built on Xen, which is closed: every newer one is Nitro. https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html */
const XEN = new Set(
  ['c1', 'c3', 'c4', 'cc1', 'cc2', 'cg1', 'cr1', 'd2', 'f1', 'g2', 'g3', 'g3s', 'h1', 'hi1', 'hs1', 'i2', 'i3', 'm1', 'm2', 'm3', 'm4', 'p2', 'p3', 'r3', 'r4', 't1', 't2', 'x1', 'x1e'],
)

export function instanceFacts({ InstanceType, ImageId, Monitoring }: DescribedInstance): InstanceFacts {
  const [family = '', size = ''] = InstanceType.split('.')
  return {
    instanceType: InstanceType,
    imageId: ImageId,
    // `pending` and `disabling` are on their way: what is sure to come is a point in five minutes.
    detailed: Monitoring?.State === 'enabled',
    nitro: !XEN.has(family) || size.startsWith('metal'),
    burstable: /^t[2-9]/.test(family),
  }
}
