import { open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'

const PIECE = Buffer.alloc(2 ** 20, 1)
let files = 0

/** Fills `percent` points of a filesystem with a file. Returns how to give the space back. */
export async function loadDisk(mount: string, percent: number): Promise<() => Promise<void>> {
  const { bsize, blocks } = await statfs(mount)
  const path = join(mount, `tocsin-load-${process.pid}-${files++}`)
  const file = await open(path, 'w')
  try {
    for (let left = (bsize * blocks * percent) / 100; left > 0; left -= PIECE.length) await file.write(PIECE)
  } finally {
    await file.close()
  }
  return () => rm(path)
}
