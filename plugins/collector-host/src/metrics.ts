import type { Metrics } from '@tocsin/core'

export const metrics = {
  cpu: { unit: 'percent', worse: 'high', help: 'Busy share of all CPUs since the previous cycle; of the CPU limit inside a limited container' },
  memory: { unit: 'percent', worse: 'high', help: 'Memory that is not available; of the memory limit inside a limited container' },
  swap: { unit: 'percent', worse: 'high', help: 'Swap in use; 0 where there is none' },
  disk: { unit: 'percent', worse: 'high', help: 'Space in use per mount, as df counts it' },
  diskInodes: { unit: 'percent', worse: 'high', help: 'Inodes in use per mount' },
  networkIn: { unit: 'bytes/second', worse: 'high', help: 'Bytes received per interface' },
  networkOut: { unit: 'bytes/second', worse: 'high', help: 'Bytes sent per interface' },
  networkUtilization: { unit: 'percent', worse: 'high', help: 'Share of the link speed per interface, of the busier direction' },
  networkErrors: { unit: 'count/second', worse: 'high', help: 'Errors and dropped packets per interface, both directions' },
  responseTime: { unit: 'seconds', worse: 'high', help: 'Time until a URL or port answers, connecting included; infinite when it does not' },
  load: { unit: 'count', worse: 'high', help: 'One-minute load average per CPU' },
} as const satisfies Metrics

export type HostMetric = keyof typeof metrics
