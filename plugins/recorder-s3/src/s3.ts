import type { S3Client } from '@aws-sdk/client-s3'
import { arnOf, type AwsService, openSession, sessionPermissions } from '@tocsin/aws'
import { defineRecorder, folderProblems, folderRecorder, type Permission, type RecordContext, type Recorder, type StoredDocument } from '@tocsin/core'
import { objectKey } from './object-key.ts'
import { s3Options, type S3Options } from './options.ts'
import { failedUpload, isThere } from './outcome.ts'

const HOUR = 3_600_000
/** Uploads under way at once: a day of documents goes up in some minutes, and eight of ten thousand values are 30 MB of memory. */
const CONCURRENT = 8

/** Where to ask when no region is set: S3 says where the bucket is. */
const ANY_REGION = 'us-east-1'

const S3: AwsService<S3Client> = {
  name: 's3',
  load: async () => {
    const { S3Client } = await import('@aws-sdk/client-s3')
    // A stand-in has no host name for each bucket. The adaptive mode would make uploads wait in turn; here the first that fails ends them all.
    return (config) => new S3Client({ ...config, retryMode: 'standard', followRegionRedirects: true, forcePathStyle: config.endpoint !== undefined })
  },
}

/** Uploads each recording to a bucket, as one JSON document. */
export const s3 = defineRecorder({
  name: 's3',
  options: s3Options,
  check: ({ folder }) => folderProblems(folder),
  permissions,
  create: s3Recorder,
})

function permissions({ bucket, prefix, region, ...credentials }: S3Options): Permission[] {
  const partition = arnOf({ service: 's3', region, roleArn: credentials.roleArn }, '').split(':')[1]
  const objects = `${prefix === '' ? '' : `${prefix}/`}*`
  // The alias of an access point does not tell its name, and policies take no alias.
  const resource = bucket.endsWith('-s3alias') ? arnOf({ service: 's3', region, roleArn: credentials.roleArn }, `accesspoint/*/object/${objects}`) : `arn:${partition}:s3:::${bucket}/${objects}`
  return sessionPermissions(
    credentials,
    [{ service: 's3', api: 'PutObject', resources: [resource], reason: 'upload recordings' }],
    [{ action: 'kms:GenerateDataKey', resources: ['*'], reason: 'encrypt what is uploaded', onlyIf: 'the bucket is encrypted with a key of your own; name the key as the resource' }],
  )
}

function s3Recorder({ folder, host, bucket, prefix, region, keepPending, ...credentials }: S3Options): Recorder {
  const upload = async (document: StoredDocument, context: RecordContext): Promise<void> => {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3')
    // The key names the content, so one that is there is this document: a repeat neither overwrites it nor adds a version.
    const command = new PutObjectCommand({ Bucket: bucket, Key: objectKey(document, prefix), Body: document.content, ContentType: 'application/json', IfNoneMatch: '*' })
    try {
      // One more attempt at once; then the next recording is the next try, and the document is safe in the folder.
      const target = await openSession(context, { ...credentials, maxAttempts: 2 }).target(region, context.signal, ANY_REGION)
      await target.call(S3, 'PutObject', (client, options) => client.send(command, options), context.signal)
    } catch (error) {
      if (!isThere(error)) throw failedUpload(error, bucket)
    }
  }

  return folderRecorder({
    folder,
    host,
    // Long enough for a recorder that shares the folder to say that it wants them longer.
    keep: HOUR,
    claim: () => ['s3', bucket, prefix, credentials.endpoint].join(' '),
    delivery: { keepPending, destination: { concurrent: CONCURRENT, prepare: (document) => document, send: upload } },
  })
}
