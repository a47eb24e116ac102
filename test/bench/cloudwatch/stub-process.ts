import { startAwsStub, stubCloudWatch, stubInstances } from '@tocsin/dev-tools'
import { INSTANCES, NOW } from './load.ts'

// Run as a child, so that what the server costs is nobody's figure.
const stub = await startAwsStub({ record: false })
let last = 1
// Numbers with as many digits as AWS sends.
const value = (): number => {
  last = (last * 48_271) % 2_147_483_647
  return last / 21_474_836.47
}
const cloudWatch = stubCloudWatch({ now: () => NOW + 86_400_000, value })
stub.use(cloudWatch.handlers)
stub.on('DescribeInstances', stubInstances(Array.from({ length: INSTANCES }, (_, index) => ({ id: `i-${index.toString(16).padStart(17, '0')}`, type: 'm5.large', tags: { Name: `web-${index}` } }))))

process.on('message', () =>
  process.send?.({
    calls: stub.count('GetMetricData') + stub.count('GetMetricStatistics'),
    metrics: cloudWatch.billed.metrics,
    lists: stub.count('ListMetrics'),
  }),
)
process.on('disconnect', () => process.exit())
process.send?.({ url: stub.url })
