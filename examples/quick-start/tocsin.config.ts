import { ec2 } from '@tocsin/collector-ec2'
import { defineMonitor } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import { email } from '@tocsin/notifier-email'
import { slack } from '@tocsin/notifier-slack'

const cpu = threshold({ warning: 60, critical: 80 })
const watch = [ec2({ regions: ['us-west-2'] }, { cpu })]
export default defineMonitor({ watch, notify: { ops: slack({ channel: '#ops' }), mail: email({ to: 'ops@example.com' }) } })
