import { ec2 } from '@tocsin/collector-ec2'
import { consoleNotifier, defineMonitor, fileNotifier } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'

export default defineMonitor({
  timeZone: 'Europe/Berlin',
  watch: [ec2({ regions: ['us-west-2'] }, { cpu: threshold({ warning: 60, critical: 80, clear: 50, for: { critical: '3m' } }) })],
  notify: { ops: consoleNotifier(), oncall: fileNotifier({ path: 'oncall.log' }), shop: fileNotifier({ path: 'shop.log' }) },
  route: {
    receivers: ['ops'],
    routes: [
      { matchers: ['tag_team="shop"'], receivers: ['shop'], muteWindows: ['night'] },
      { level: 'critical', receivers: ['ops', 'oncall'] },
    ],
  },
  muteWindows: [{ name: 'night', intervals: [{ times: [{ from: '22:00', to: '07:00' }] }] }],
})
