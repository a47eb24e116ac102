/** One line of `/proc/self/mountinfo`. */
export interface Mount {
  /** `major:minor` of the filesystem: the same for every mount of it. */
  readonly device: string
  /** The directory of the filesystem that is mounted; not `/` for a bind mount or a subvolume. */
  readonly root: string
  readonly mountPoint: string
  readonly type: string
}

/** What stores data on a disk of this machine. Images such as squashfs are left out: they are full by nature. */
const LOCAL = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'bcachefs', 'jfs', 'nilfs2', 'reiserfs', 'vfat', 'exfat', 'ntfs', 'ntfs3', 'fuseblk', 'hfsplus'])

/** Reads `/proc/self/mountinfo`, see proc_pid_mountinfo(5). What was mounted over is left out. */
export function parseMountinfo(text: string): Mount[] {
  const byPoint = new Map<string, Mount>()
  for (const line of text.split('\n')) {
    const [before, after] = line.split(' - ')
    const [, , device, root, mountPoint] = before?.split(' ') ?? []
    const type = after?.split(' ')[0]
    if (device === undefined || root === undefined || mountPoint === undefined || type === undefined) continue
    const mount = { device, root: unescape(root), mountPoint: unescape(mountPoint), type }
    byPoint.set(mount.mountPoint, mount)
  }
  return [...byPoint.values()]
}

/**
 * The mount points of each local filesystem, the best to show first: where all of it is mounted, else the shortest path. The root
 * filesystem is always one of them, whatever its type: in a container it is an overlay.
 */
export function localFilesystems(mounts: readonly Mount[]): string[][] {
  const byDevice = Map.groupBy(
    mounts.filter(({ type, mountPoint }) => LOCAL.has(type) || mountPoint === '/'),
    ({ device }) => device,
  )
  return [...byDevice.values()].map((same) =>
    same.toSorted((a, b) => rank(a) - rank(b) || a.mountPoint.length - b.mountPoint.length).map(({ mountPoint }) => mountPoint),
  )
}

const rank = ({ root, mountPoint }: Mount): number => (mountPoint === '/' ? 0 : root === '/' ? 1 : 2)

/** Spaces, tabs, line breaks and backslashes are written in octal. */
function unescape(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
