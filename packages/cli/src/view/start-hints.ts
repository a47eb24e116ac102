import type { Monitor } from '@tocsin/core'

const AWS: ReadonlySet<string> = new Set(['ec2', 'rds', 's3', 'cloudwatch'])

/** How to add AWS and Slack, for a monitor that has neither. */
export function startHints({ watch, notify }: Pick<Monitor, 'watch' | 'notify'>): string[] {
  const hasAws = watch.some(({ collector }) => AWS.has(collector))
  const hasSlack = Object.values(notify).some(({ use }) => use === 'slack')
  return [
    ...(hasAws ? [] : ["to watch AWS: npm install @tocsin/collector-ec2, then add to watch: ec2({ regions: ['us-west-2'] }, { cpu: threshold({ warning: 60, critical: 80 }) })"]),
    ...(hasSlack ? [] : ["to tell Slack: npm install @tocsin/notifier-slack, then add to notify: ops: slack({ channel: '#ops' })"]),
  ]
}
