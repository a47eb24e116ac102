import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, ListObjectVersionsCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'
import { type AwsFront, type FrontFault, startAwsFront, startMoto } from '@tocsin/dev-tools'

/** A bucket in moto, behind a front that can fail, and a folder of its own. */
export interface Bucket {
  readonly front: AwsFront
  readonly folder: string
  /** Every version of every object, in the order of the keys. */
  objects(): Promise<{ readonly key: string; readonly text: string; readonly type: string | undefined }[]>
  /** Puts a file in the place of the folder; gives how to undo it. */
  breakFolder(): Promise<() => Promise<void>>
  /** Begins with an empty bucket and folder. */
  reset(): Promise<void>
  stop(): Promise<void>
}

/** @param secretKey the secret access key that everything is signed with. */
export async function startBucket(secretKey: string): Promise<Bucket> {
  const moto = await startMoto()
  Object.assign(process.env, moto.env, { AWS_SECRET_ACCESS_KEY: secretKey })
  const front = await startAwsFront(moto.url)
  const home = await mkdtemp(join(tmpdir(), 'tocsin-'))
  const folder = join(home, 'records')
  const client = new S3Client({ endpoint: moto.url, forcePathStyle: true })
  const create = async (): Promise<void> => {
    await client.send(new CreateBucketCommand({ Bucket: 'records' }))
    // A second upload of an object would show as a second version.
    await client.send(new PutBucketVersioningCommand({ Bucket: 'records', VersioningConfiguration: { Status: 'Enabled' } }))
  }
  await create()
  return {
    front,
    folder,
    async objects() {
      const found = []
      let KeyMarker: string | undefined
      do {
        const page = await client.send(new ListObjectVersionsCommand({ Bucket: 'records', ...(KeyMarker === undefined ? {} : { KeyMarker }) }))
        for (const { Key = '', VersionId } of page.Versions ?? []) {
          const { Body, ContentType } = await client.send(new GetObjectCommand({ Bucket: 'records', Key, VersionId }))
          found.push({ key: Key, text: (await Body?.transformToString()) ?? '', type: ContentType })
        }
        KeyMarker = page.IsTruncated === true ? page.NextKeyMarker : undefined
      } while (KeyMarker !== undefined)
      return found.sort((a, b) => (a.key < b.key ? -1 : 1))
    },
    async breakFolder() {
      await rename(folder, `${folder}.aside`)
      await writeFile(folder, '')
      return async () => {
        await rm(folder)
        await rename(`${folder}.aside`, folder)
      }
    },
    async reset() {
      await moto.reset()
      await create()
      await rm(folder, { recursive: true, force: true })
    },
    async stop() {
      client.destroy()
      await front.stop()
      await moto.stop()
      await rm(home, { recursive: true })
    },
  }
}

/** An error as S3 writes it. */
export function s3Error(status: number, code: string, headers: Readonly<Record<string, string>> = {}): FrontFault {
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>in the words of S3</Message><RequestId>9f8b</RequestId></Error>` }
}
