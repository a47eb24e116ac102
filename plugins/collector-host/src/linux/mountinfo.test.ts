import { expect, it } from 'vitest'
import { localFilesystems, parseMountinfo } from './mountinfo.ts'

const local = (text: string): string[][] => localFilesystems(parseMountinfo(text))

it('finds the disks of a server, each once', () => {
  const text = `22 27 0:21 / /proc rw,relatime - proc proc rw
23 27 0:22 / /sys rw,relatime - sysfs sysfs rw
24 27 0:6 / /dev rw,relatime - devtmpfs devtmpfs rw,size=12334248k
25 24 0:23 / /dev/shm rw - tmpfs tmpfs rw
26 27 0:25 / /run rw,nosuid,nodev shared:5 - tmpfs tmpfs rw,size=1613580k,mode=755
27 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
28 27 259:1 / /boot/efi rw,relatime shared:30 - vfat /dev/nvme0n1p1 rw,fmask=0077
29 27 7:0 / /snap/core20/2318 ro,nodev shared:31 - squashfs /dev/loop0 ro
30 27 8:16 / /data rw,noatime shared:40 master:3 propagate_from:2 - xfs /dev/sdb rw
31 27 8:16 /backups /var/backups rw,noatime shared:40 - xfs /dev/sdb rw
32 27 0:45 / /home nfs rw - nfs4 files.internal:/home rw
33 27 0:50 / /var/lib/docker/overlay2/ab12/merged rw - overlay overlay rw,lowerdir=/a:/b
34 27 0:60 / /tank/db rw - zfs tank/db rw
35 27 0:61 / /tank/logs rw - zfs tank/logs rw
`
  expect(local(text)).toEqual([['/'], ['/boot/efi'], ['/data', '/var/backups'], ['/tank/db'], ['/tank/logs']])
})

it('counts the subvolumes of btrfs as one filesystem', () => {
  const text = `27 1 0:26 /@ / rw,relatime shared:1 - btrfs /dev/sda2 rw,subvolid=256,subvol=/@
41 27 0:26 /@home /home rw,relatime shared:20 - btrfs /dev/sda2 rw,subvolid=257,subvol=/@home
42 27 0:26 / /mnt/btrfs-root rw - btrfs /dev/sda2 rw,subvolid=5
`
  expect(local(text)).toEqual([['/', '/mnt/btrfs-root', '/home']])
})

it('finds the overlay and the volumes of a container', () => {
  const text = `670 560 0:98 / / rw,relatime master:221 - overlay overlay rw,lowerdir=/l:/m
671 670 0:101 / /proc rw,nosuid - proc proc rw
680 670 254:1 /var/lib/docker/containers/3f/resolv.conf /etc/resolv.conf rw - ext4 /dev/vda1 rw
681 670 254:1 /var/lib/docker/containers/3f/hosts /etc/hosts rw - ext4 /dev/vda1 rw
682 670 254:1 /var/lib/docker/volumes/data/_data /srv/data rw - ext4 /dev/vda1 rw
`
  expect(local(text)).toEqual([['/'], ['/srv/data', '/etc/hosts', '/etc/resolv.conf']])
})

it('reads escaped names and what was mounted over', () => {
  const text = `27 1 8:1 / / rw - ext4 /dev/sda1 rw
30 27 8:17 / /media/My\\040Disk\\134x rw - exfat /dev/sdb1 rw
31 27 8:33 / /mnt rw - ext4 /dev/sdc1 rw
32 31 8:49 / /mnt rw - xfs /dev/sdd1 rw
`
  expect(parseMountinfo(text).map(({ mountPoint, type }) => [mountPoint, type])).toEqual([
    ['/', 'ext4'],
    ['/media/My Disk\\x', 'exfat'],
    ['/mnt', 'xfs'],
  ])
})

it.each(['', 'nonsense', '27 1 8:1 / /', '27 1 8:1 - ext4 /dev/sda1 rw'])('passes over %j', (text) => {
  expect(parseMountinfo(text)).toEqual([])
})
