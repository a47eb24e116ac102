import { recorderContract } from '@tocsin/core/testing'
import { afterAll, beforeAll } from 'vitest'
import { s3 } from './s3.ts'
import { type Bucket, s3Error, startBucket } from './testing/bucket.ts'

const SECRET_KEY = 'a-secret-access-key-of-nobody'
const EXTERNAL_ID = 'an-external-id-of-nobody'

let bucket: Bucket
beforeAll(async () => {
  bucket = await startBucket(SECRET_KEY)
}, 120_000)
afterAll(() => bucket.stop())

const refuses = (status: number, code: string, is: 'E201' | 'E202' | 'E204' | 'E205' | 'E206', permanent: boolean, says?: string) => ({
  failure: `${status} ${code}`,
  arrange: () => bucket.front.fail(({ method }) => (method === 'PUT' ? s3Error(status, code) : undefined)),
  code: is,
  permanent,
  ...(says === undefined ? {} : { says }),
})

recorderContract('s3', {
  sink: () => s3({ folder: bucket.folder, host: 'web-1', bucket: 'records', endpoint: bucket.front.url, roleArn: 'arn:aws:iam::123456789012:role/records', externalId: EXTERNAL_ID }),
  recorded: async () => (await bucket.objects()).map(({ text }) => text),
  outage: () => bucket.front.outage(),
  secrets: [SECRET_KEY, EXTERNAL_ID],
  // Codes and statuses: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  failures: [
    refuses(403, 'AccessDenied', 'E201', true, 'access denied: s3:PutObject'),
    refuses(403, 'InvalidAccessKeyId', 'E202', true),
    refuses(403, 'SignatureDoesNotMatch', 'E202', true),
    refuses(400, 'ExpiredToken', 'E202', true),
    refuses(404, 'NoSuchBucket', 'E206', true, 'there is no bucket records'),
    refuses(409, 'ConditionalRequestConflict', 'E204', false),
    refuses(503, 'SlowDown', 'E204', false),
    refuses(500, 'InternalError', 'E205', false),
    refuses(503, 'ServiceUnavailable', 'E205', false),
    { failure: 'the page of a proxy', arrange: () => bucket.front.fail(({ method }) => (method === 'PUT' ? { status: 200, body: '<html>please log in</html>', headers: { 'content-type': 'text/html' } } : undefined)), code: 'E205', permanent: false },
    { failure: 'a cut connection', arrange: () => bucket.front.fail(({ method }) => (method === 'PUT' ? 'cut' : undefined)), code: 'E205', permanent: false },
    { failure: 'a file in the place of the folder', arrange: () => bucket.breakFolder(), code: 'E700', permanent: true, says: 'check the path' },
  ],
})
