import { type Catalogue, type Dimensions, type Discovered, perSecond } from '@tocsin/aws'
import type { InstanceFacts } from './instance.ts'

type Found = Discovered<InstanceFacts>

/**
 * With basic monitoring EC2 gives a point in five minutes, which is there when five more have gone; with detailed monitoring one a
 * minute, there after two. Asking for minutes of an instance without detailed monitoring would give gaps.
 */
const ec2 = {
  namespace: 'AWS/EC2',
  period: ({ facts }: Found) => (facts.detailed ? 60 : 300),
  settle: ({ facts }: Found) => (facts.detailed ? 120 : 300),
} as const

/** Bytes are counted by period: `Sum` over seconds is the rate, whatever the monitoring. */
const rate = { ...ec2, unit: 'bytes/second', worse: 'high', stat: 'Sum', value: perSecond } as const

/** Sent by the CloudWatch agent, once a minute unless its configuration says otherwise. */
const agent = { namespace: 'CWAgent', unit: 'percent', worse: 'high', stat: 'Average', period: 60, settle: 120 } as const

/** File systems without a limit of their own, and images that are full by nature: a mounted snap would always be at 100 %. */
const NO_DISK = new Set(['devtmpfs', 'iso9660', 'overlay', 'proc', 'squashfs', 'sysfs', 'tmpfs', 'udf'])

/** Whether metrics of the agent are of the instance as it is now: it may have had another type or image two weeks ago. */
function isCurrent({ InstanceType, ImageId }: Dimensions, { facts }: Found): boolean {
  return (InstanceType ?? facts.instanceType) === facts.instanceType && (ImageId ?? facts.imageId) === facts.imageId
}

export const catalogue = {
  cpu: { ...ec2, unit: 'percent', worse: 'high', help: 'CPU in use', metric: 'CPUUtilization', stat: 'Average' },
  statusCheckFailed: {
    namespace: 'AWS/EC2',
    unit: 'count',
    worse: 'high',
    help: '1 while a status check of the instance, its system or its volumes fails; 0 while all pass',
    metric: 'StatusCheckFailed',
    stat: 'Maximum',
    // Status checks come each minute even with basic monitoring.
    period: 60,
    settle: 120,
  },
  networkIn: { ...rate, help: 'Received on all network interfaces', metric: 'NetworkIn' },
  networkOut: { ...rate, help: 'Sent on all network interfaces', metric: 'NetworkOut' },
  diskRead: { ...rate, help: 'Read from EBS volumes (Nitro) or instance store volumes (Xen)', metric: ({ facts }: Found) => (facts.nitro ? 'EBSReadBytes' : 'DiskReadBytes') },
  diskWrite: { ...rate, help: 'Written to EBS volumes (Nitro) or instance store volumes (Xen)', metric: ({ facts }: Found) => (facts.nitro ? 'EBSWriteBytes' : 'DiskWriteBytes') },
  cpuCreditBalance: {
    namespace: 'AWS/EC2',
    unit: 'count',
    worse: 'low',
    help: 'CPU credits left (burstable instances only)',
    metric: 'CPUCreditBalance',
    stat: 'Minimum',
    // Credits come every five minutes even with detailed monitoring.
    period: 300,
    settle: 300,
    when: ({ facts }: Found) => facts.burstable,
  },
  memory: { ...agent, help: 'Memory in use (needs the CloudWatch agent, Linux)', metric: 'mem_used_percent', listed: { labels: {}, where: isCurrent } },
  disk: {
    ...agent,
    help: 'Space in use, for each mount (needs the CloudWatch agent, Linux)',
    metric: 'disk_used_percent',
    listed: {
      labels: { mount: 'path' },
      where: (dimensions: Dimensions, found: Found) => isCurrent(dimensions, found) && !NO_DISK.has(dimensions['fstype'] ?? ''),
    },
  },
} as const satisfies Catalogue<InstanceFacts>
