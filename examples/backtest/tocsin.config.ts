import { ec2 } from '@tocsin/collector-ec2'
import { consoleNotifier, defineMonitor, fileNotifier } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'

export default defineMonitor({
  watch: [ec2({ regions: ['us-west-2'] }, { cpu: threshold({ warning: 50, critical: 60, flapping: false }) })],
  notify: { ops: consoleNotifier(), oncall: fileNotifier({ path: 'oncall.log' }) },
  route: { warning: ['ops'], critical: ['ops', 'oncall'] },
})
