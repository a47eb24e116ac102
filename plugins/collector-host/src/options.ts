import { duration } from '@tocsin/core'
import { z } from 'zod'
import { bitsPerSecond } from './link-speed.ts'
import { portTarget, type Target, urlTarget } from './target.ts'

const names = z.array(z.string().min(1)).min(1)

/** The kernel writes mount points without a slash at the end. */
const mounts = names.transform((points) => [...new Set(points.map((point) => point.replace(/(?<=.)\/$/, '')))])

const urls = z
  .array(z.url({ protocol: /^https?$/, error: 'write an http or https URL' }).transform(urlTarget))
  .refine(distinct, { error: 'URLs that differ only in query or password would share one name' })

const port = z.templateLiteral([z.string(), ':', z.number()], { error: 'write "host:port"' }).transform((text, context): Target => {
  const target = portTarget(text)
  if (target) return target
  context.addIssue('write "host:port"')
  return z.NEVER
})
const ports = z.array(port).refine(distinct, { error: 'name each port once' })

/** Options of the host collector. All are optional. */
export const hostOptions = z.object({
  mounts: mounts.optional().describe('Mount points. Default: every local filesystem once, without images that are always full.'),
  interfaces: names.optional().describe('Network interfaces. Default: all but loopback and those that containers and tunnels bring along.'),
  urls: urls.default([]).describe('HTTP and HTTPS URLs whose response time is taken, each with a new connection. Default: none.'),
  ports: ports.default([]).describe('`host:port` whose TCP connect time is taken. Default: none.'),
  probeTimeout: duration.default(5_000).describe('How long a URL or port may take before it counts as not answering. Default `5s`.'),
  linkSpeed: z
    .templateLiteral([z.number(), z.enum(['Kbit', 'Mbit', 'Gbit'])], { error: 'write a number and Kbit, Mbit or Gbit: "1Gbit"' })
    .transform(bitsPerSecond)
    .refine((speed) => speed > 0, { error: 'write a speed above zero' })
    .optional()
    .describe('Speed of the interfaces whose speed the kernel does not know, such as virtual ones: `1Gbit`. Default: they have no utilisation.'),
  name: z.string().min(1).optional().describe(`The name of the host; part of every alert's identity. Default: the machine's host name.`),
})

export type HostOptions = z.input<typeof hostOptions>
export type ParsedHostOptions = z.output<typeof hostOptions>

function distinct(targets: readonly Target[]): boolean {
  return new Set(targets.map(({ name }) => name)).size === targets.length
}
