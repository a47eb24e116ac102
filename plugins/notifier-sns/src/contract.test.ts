import type { Delivery } from '@tocsin/core'
import { notifierContract } from '@tocsin/core/testing'
import { afterAll, beforeAll } from 'vitest'
import { sns } from './sns.ts'
import { awsFault, type Fault, startTopics, type Topics } from './testing/topics.ts'

const SECRET_KEY = 'a-secret-access-key-of-nobody'
const EXTERNAL_ID = 'an-external-id-of-nobody'

let topics: Topics
beforeAll(async () => {
  topics = await startTopics(SECRET_KEY)
}, 120_000)
afterAll(() => topics.stop())

const fails = (answer: string, fault: Fault, outcome: Delivery['outcome']) => ({ answer, arrange: () => topics.fail(fault), outcome })
const error = (status: number, code: string, outcome: Delivery['outcome']) => fails(`${status} ${code}`, awsFault(status, code), outcome)
const page = (status: number, body: string): Fault => (response) => response.writeHead(status, { 'content-type': 'text/html' }).end(body)

const told: string[] = []
notifierContract('sns', {
  channel: () => sns({ topicArn: topics.standard.arn, endpoint: topics.endpoint, externalId: EXTERNAL_ID }),
  async received() {
    told.push(...(await topics.standard.waiting()).map(({ message }) => `${message.Subject}\n${message.Message}`))
    return told
  },
  unreachable: () => sns({ topicArn: topics.standard.arn, endpoint: topics.nowhere, externalId: EXTERNAL_ID }),
  secrets: [SECRET_KEY, EXTERNAL_ID],
  // Codes and statuses: the errors of Publish in the API's model, and https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
  answers: [
    error(403, 'AuthorizationError', 'permanent'),
    error(404, 'NotFound', 'permanent'),
    error(400, 'InvalidParameter', 'permanent'),
    error(400, 'ParameterValueInvalid', 'permanent'),
    error(400, 'EndpointDisabled', 'permanent'),
    error(403, 'InvalidSecurity', 'permanent'),
    error(400, 'KMSAccessDenied', 'permanent'),
    error(400, 'KMSDisabled', 'permanent'),
    error(400, 'KMSThrottling', 'retryable'),
    error(400, 'Throttling', 'retryable'),
    error(400, 'ThrottlingException', 'retryable'),
    error(429, 'Throttled', 'retryable'),
    error(400, 'RequestLimitExceeded', 'retryable'),
    error(403, 'ExpiredToken', 'retryable'),
    error(403, 'InvalidClientTokenId', 'retryable'),
    error(403, 'SignatureDoesNotMatch', 'retryable'),
    error(500, 'InternalError', 'retryable'),
    error(500, 'InternalFailure', 'retryable'),
    error(503, 'ServiceUnavailable', 'retryable'),
    fails('500 and a page', page(500, '<html><body>oops</body></html>'), 'retryable'),
    fails('502 without a body', page(502, ''), 'retryable'),
    fails('200 and the page of a proxy', page(200, '<html>please log in</html>'), 'retryable'),
    fails('a cut connection', (response) => response.destroy(), 'retryable'),
  ],
})
