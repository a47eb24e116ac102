import { type CollectorFactory, defineCollector, TocsinError } from '@tocsin/core'
import type { z } from 'zod'
import { hostCollector } from './host-collector.ts'
import { linuxMachine } from './linux/linux-machine.ts'
import type { Machine } from './machine.ts'
import { metrics } from './metrics.ts'
import { hostOptions } from './options.ts'
import { portableMachine } from './portable-machine.ts'

/**
 * Watches the machine it runs on, and what that machine can reach.
 *
 * ```ts
 * host({ cpu: threshold({ critical: 90, for: '5m' }), disk: threshold({ warning: '85%', critical: '95%' }) })
 * host({ urls: ['https://example.com/health'] }, { responseTime: threshold({ warning: '500ms', critical: '5s' }) })
 * ```
 */
export const host = hostOf(process.platform === 'linux' ? linuxMachine({ proc: '/proc', sys: '/sys' }) : portableMachine())

/** The collector of any machine. */
export function hostOf(machine: Machine): CollectorFactory<typeof metrics, z.input<typeof hostOptions>> {
  return defineCollector({
    name: 'host',
    options: hostOptions,
    metrics,
    check: (metric, { urls, ports }) =>
      metric === 'responseTime' && urls.length + ports.length === 0 ? [new TocsinError('E103', '"responseTime" has no targets', { fix: 'give "urls" or "ports"' })] : [],
    create: (options) => hostCollector(options, machine),
  })
}
