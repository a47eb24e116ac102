import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Machine } from '../machine.ts'
import { linuxMachine } from './linux-machine.ts'

const trees: string[] = []
afterAll(() => Promise.all(trees.map((tree) => rm(tree, { recursive: true }))))

type Files = Readonly<Record<string, string>>

/** A machine whose kernel shows these files. */
async function machineOf(files: Files): Promise<Machine> {
  const tree = await mkdtemp(join(tmpdir(), 'tocsin-host-'))
  trees.push(tree)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    await writeFile(join(tree, path), text)
  }
  return linuxMachine({ proc: join(tree, 'proc'), sys: join(tree, 'sys') })
}

const GIB = 2 ** 30
const BASE: Files = {
  'proc/stat': `cpu  1000 0 500 8000 500 0 0 0 0 0\n${[0, 1, 2, 3].map((cpu) => `cpu${cpu} 250 0 125 2000 125 0 0 0 0 0`).join('\n')}\n`,
  'proc/meminfo': `MemTotal:       ${16 * 2 ** 20} kB\nMemFree:         1000 kB\nMemAvailable:   ${4 * 2 ** 20} kB\nSwapTotal:       1000 kB\nSwapFree:         750 kB\n`,
  'proc/loadavg': '6.00 3.10 1.04 1/122 8382\n',
  'proc/net/dev': 'Inter-|\n face |\n  eth0: 100 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0\n',
  'sys/class/net/eth0/ifindex': '4\n',
  'sys/class/net/eth0/speed': '1000\n',
}
const MACHINE_CPU = { of: 'machine', busy: 1500, total: 10_000 }
const V2: Files = {
  'sys/fs/cgroup/cpu.stat': 'usage_usec 12500000\nuser_usec 10000000\nsystem_usec 2500000\nnr_periods 0\n',
  'sys/fs/cgroup/memory.current': `${3 * GIB}\n`,
  'sys/fs/cgroup/memory.stat': `anon 100\nactive_file 7\ninactive_file ${GIB}\n`,
}
const V1: Files = {
  'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  'sys/fs/cgroup/cpuacct/cpuacct.usage': '12500000000\n',
  'sys/fs/cgroup/memory/memory.usage_in_bytes': `${3 * GIB}\n`,
  'sys/fs/cgroup/memory/memory.stat': `inactive_file 5\ntotal_inactive_file ${GIB}\n`,
}

describe('a machine without a container', () => {
  it('is measured as a whole', async () => {
    const machine = await machineOf(BASE)
    expect(await machine.cpu()).toEqual(MACHINE_CPU)
    expect(await machine.memory()).toBe(75)
    expect(await machine.swap()).toBe(25)
    expect(await machine.load()).toBe(1.5)
    expect(await machine.interfaces()).toEqual([{ name: 'eth0', index: 4, received: 100, sent: 200, faults: 0 }])
    expect(await machine.linkSpeed('eth0')).toBe(1e9)
  })

  it('has no swap in use when it has none', async () => {
    const machine = await machineOf({ ...BASE, 'proc/meminfo': 'MemTotal: 10 kB\nMemAvailable: 5 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n' })
    expect(await machine.swap()).toBe(0)
  })

  it.each(['-1\n', '0\n', '', 'Unknown!\n'])('does not know the speed of a link when the kernel says %j', async (speed) => {
    expect(await (await machineOf({ ...BASE, 'sys/class/net/eth0/speed': speed })).linkSpeed('eth0')).toBeUndefined()
  })

  it('does without the files of an interface', async () => {
    const { 'sys/class/net/eth0/ifindex': _, 'sys/class/net/eth0/speed': __, ...rest } = BASE
    const machine = await machineOf(rest)
    expect(await machine.interfaces()).toEqual([{ name: 'eth0', received: 100, sent: 200, faults: 0 }])
    expect(await machine.linkSpeed('eth0')).toBeUndefined()
  })

  it('shows only mounts that are directories', async () => {
    const tree = await mkdtemp(join(tmpdir(), 'tocsin-host-'))
    trees.push(tree)
    await mkdir(join(tree, 'long-volume-name'))
    await writeFile(join(tree, 'hosts'), '')
    const machine = await machineOf({
      ...BASE,
      'proc/self/mountinfo': `1 0 0:98 / / rw - overlay overlay rw
2 1 254:1 /docker/hosts ${tree}/hosts rw - ext4 /dev/vda1 rw
3 1 254:1 /docker/volume ${tree}/long-volume-name rw - ext4 /dev/vda1 rw
4 1 254:2 /docker/other ${tree}/gone rw - ext4 /dev/vdb1 rw
`,
    })
    const { local, has } = await machine.mounts()
    expect(local).toEqual(['/', `${tree}/long-volume-name`])
    expect([has(`${tree}/hosts`), has(tree)]).toEqual([true, false])
  })
})

describe('a container under version 2', () => {
  it('is measured by its limits', async () => {
    const machine = await machineOf({ ...BASE, ...V2, 'sys/fs/cgroup/cpu.max': '150000 100000\n', 'sys/fs/cgroup/memory.max': `${4 * GIB}\n` })
    expect(await machine.cpu()).toEqual({ of: 'limit', busy: 12.5, cpus: 1.5 })
    expect(await machine.memory()).toBe(50)
  })

  it('is measured as the machine without limits, or with limits the machine cannot reach', async () => {
    for (const limits of [
      { 'sys/fs/cgroup/cpu.max': 'max 100000\n', 'sys/fs/cgroup/memory.max': 'max\n' },
      { 'sys/fs/cgroup/cpu.max': '400000 100000\n', 'sys/fs/cgroup/memory.max': `${16 * GIB}\n` },
    ]) {
      const machine = await machineOf({ ...BASE, ...V2, ...limits })
      expect(await machine.cpu()).toEqual(MACHINE_CPU)
      expect(await machine.memory()).toBe(75)
    }
  })

  it('is measured as the machine where the root of the hierarchy has no limits', async () => {
    const machine = await machineOf({ ...BASE, ...V2, 'sys/fs/cgroup/system.slice/tocsin.service/cpu.max': '10000 100000\n' })
    expect(await machine.cpu()).toEqual(MACHINE_CPU)
  })
})

describe('a container under version 1', () => {
  const limits: Files = { 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n', 'sys/fs/cgroup/memory/memory.limit_in_bytes': `${8 * GIB}\n` }

  it('is measured by its limits', async () => {
    const machine = await machineOf({ ...BASE, ...V1, ...limits })
    expect(await machine.cpu()).toEqual({ of: 'limit', busy: 12.5, cpus: 0.5 })
    expect(await machine.memory()).toBe(25)
  })

  it('is found where cpu and cpuacct are one directory', async () => {
    const machine = await machineOf({
      ...BASE,
      'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '200000\n',
      'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/cpu,cpuacct/cpuacct.usage': '2000000000\n',
    })
    expect(await machine.cpu()).toEqual({ of: 'limit', busy: 2, cpus: 2 })
  })

  it('is measured as the machine without limits', async () => {
    const machine = await machineOf({ ...BASE, ...V1, 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n', 'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' })
    expect(await machine.cpu()).toEqual(MACHINE_CPU)
    expect(await machine.memory()).toBe(75)
  })
})

describe('what is broken', () => {
  const cpu = (machine: Machine): Promise<unknown> => machine.cpu()
  const memory = (machine: Machine): Promise<unknown> => machine.memory()

  it.each<[string, Files, (machine: Machine) => Promise<unknown>, string]>([
    ['no /proc/stat', { 'proc/stat': '' }, cpu, 'proc/stat'],
    ['cpu.max', { ...V2, 'sys/fs/cgroup/cpu.max': 'lots\n' }, cpu, 'cpu.max'],
    ['cpu.max of zero', { ...V2, 'sys/fs/cgroup/cpu.max': '0 100000\n' }, cpu, 'cpu.max'],
    ['cpu.stat', { 'sys/fs/cgroup/cpu.max': '50000 100000\n', 'sys/fs/cgroup/cpu.stat': 'user_usec 1\n' }, cpu, 'cpu.stat'],
    ['no cpu.stat', { 'sys/fs/cgroup/cpu.max': '50000 100000\n' }, cpu, 'cpu.stat'],
    ['no period', { 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n' }, cpu, 'cpu.cfs_period_us'],
    ['no usage', { 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n', 'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' }, cpu, 'cpuacct.usage'],
    ['memory.max', { ...V2, 'sys/fs/cgroup/memory.max': '4G\n' }, memory, 'memory.max'],
    ['no memory.current', { 'sys/fs/cgroup/memory.max': '4\n', 'sys/fs/cgroup/memory.stat': 'inactive_file 1\n' }, memory, 'memory.current'],
    ['no MemAvailable', { 'proc/meminfo': 'MemTotal: 5 kB\n' }, memory, 'proc/meminfo'],
    ['no swap fields', { 'proc/meminfo': 'MemTotal: 5 kB\n' }, (machine) => machine.swap(), 'proc/meminfo'],
    ['loadavg', { 'proc/loadavg': 'high\n' }, (machine) => machine.load(), 'proc/loadavg'],
    ['no mountinfo', {}, (machine) => machine.mounts(), 'proc/self/mountinfo'],
  ])('%s is E207, and names the file', async (_, files, read, file) => {
    const machine = await machineOf({ ...BASE, ...files })
    await expect(read(machine)).rejects.toMatchObject({ code: 'E207', where: expect.stringMatching(`${file}$`) })
  })
})
