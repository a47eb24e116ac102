import { recorderContract } from '@tocsin/core/testing'
import { afterAll, beforeAll } from 'vitest'
import { dynamodb } from './dynamodb.ts'
import { definition } from './testing/definition.ts'
import { dynamodbError, startTable, type Table } from './testing/table.ts'

const SECRET_KEY = 'a-secret-access-key-of-nobody'
const EXTERNAL_ID = 'an-external-id-of-nobody'

let table: Table
beforeAll(async () => {
  table = await startTable(definition, SECRET_KEY)
}, 120_000)
afterAll(() => table.stop())

const refuses = (status: number, code: string, is: 'E201' | 'E202' | 'E205' | 'E206', permanent: boolean, says?: string) => ({
  failure: `${status} ${code}`,
  arrange: () => table.fail(dynamodbError(status, code)),
  code: is,
  permanent,
  ...(says === undefined ? {} : { says }),
})

recorderContract('dynamodb', {
  sink: () => dynamodb({ folder: table.folder, host: 'web-1', table: 'tocsin', endpoint: table.front.url, roleArn: 'arn:aws:iam::123456789012:role/records', externalId: EXTERNAL_ID }),
  // The items of one recording have their sort key in common.
  async recorded() {
    const items = Map.groupBy(await table.items(), ({ time }) => time?.S ?? '')
    return [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => JSON.stringify(group))
  },
  outage: () => table.front.outage(),
  secrets: [SECRET_KEY, EXTERNAL_ID],
  // Codes and statuses: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
  failures: [
    refuses(400, 'AccessDeniedException', 'E201', true, 'access denied: dynamodb:BatchWriteItem'),
    refuses(400, 'UnrecognizedClientException', 'E202', true),
    refuses(400, 'IncompleteSignatureException', 'E202', true),
    refuses(400, 'ExpiredTokenException', 'E202', true),
    refuses(400, 'ResourceNotFoundException', 'E206', true, 'there is no table tocsin'),
    refuses(400, 'ValidationException', 'E206', true, 'sort key the text "time"'),
    refuses(500, 'InternalServerError', 'E205', false),
    refuses(503, 'ServiceUnavailable', 'E205', false),
    { failure: 'the page of a proxy', arrange: () => table.fail({ status: 200, body: '<html>please log in</html>', headers: { 'content-type': 'text/html' } }), code: 'E205', permanent: false },
    { failure: 'a cut connection', arrange: () => table.fail('cut'), code: 'E205', permanent: false },
    { failure: 'a file in the place of the folder', arrange: () => table.breakFolder(), code: 'E700', permanent: true, says: 'check the path' },
  ],
})
