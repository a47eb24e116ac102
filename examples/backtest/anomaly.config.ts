import { ec2 } from '@tocsin/collector-ec2'
import { consoleNotifier, defineMonitor, fileNotifier } from '@tocsin/core'
import { anomaly } from '@tocsin/evaluator-anomaly'

export default defineMonitor({
  watch: [ec2({ regions: ['us-west-2'] }, { cpu: anomaly() })],
  notify: { ops: consoleNotifier(), oncall: fileNotifier({ path: 'oncall.log' }) },
  route: { warning: ['ops'], critical: ['ops', 'oncall'] },
})
