import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { z } from 'zod'

/** Who holds a lease. A process number alone says little: numbers are used again, in containers after every start. */
const identitySchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** Where process numbers mean the same: a boot of a machine, a container. */
  place: z.string(),
  /** When it started, in the kernel's count; empty where the kernel does not tell. */
  started: z.string(),
  token: z.string(),
})
type Identity = z.output<typeof identitySchema>

/** Tokens of the identities that this process made. */
const ownTokens = new Set<string>()

/** A new owner of leases, which other processes can tell dead from alive. */
export function newIdentity(): string {
  const identity: Identity = { pid: process.pid, host: hostname(), place: placeOfProcesses(), started: startOf(process.pid), token: randomUUID() }
  ownTokens.add(identity.token)
  return JSON.stringify(identity)
}

/** Makes an owner one that is no more. */
export function endIdentity(owner: string): void {
  const identity = identityOf(owner)
  if (identity !== undefined) ownTokens.delete(identity.token)
}

/** `process 4711 on web-1`. */
export function identityText(owner: string): string {
  const identity = identityOf(owner)
  return identity === undefined ? 'somebody else' : `process ${identity.pid} on ${identity.host}`
}

/** Whether the process behind an owner runs; `unknown` for one whose process numbers mean nothing here: of another machine or container. */
export function lifeOf(owner: string): 'alive' | 'dead' | 'unknown' {
  const identity = identityOf(owner)
  if (identity === undefined || identity.place !== placeOfProcesses()) return 'unknown'
  const { pid, started, token } = identity
  if (pid === process.pid) return ownTokens.has(token) ? 'alive' : 'dead'
  try {
    process.kill(pid, 0)
  } catch (error) {
    // A process of another user runs, too.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return 'dead'
  }
  const now = startOf(pid)
  return started !== '' && now !== '' && started !== now ? 'dead' : 'alive'
}

function identityOf(owner: string): Identity | undefined {
  try {
    return identitySchema.parse(JSON.parse(owner))
  } catch {
    return undefined
  }
}

/** The machine, since it was last started, and the container: nothing of two is the same, whatever they are called. */
function placeOfProcesses(): string {
  return [hostname(), told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')).trim(), told(() => readlinkSync('/proc/self/ns/pid'))].join(' ')
}

function startOf(pid: number): string {
  const stat = told(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // The name in brackets may hold anything, so fields are counted from its end.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

/** What the kernel says; nothing where it does not. It answers from memory, so nothing waits for it. */
function told(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
