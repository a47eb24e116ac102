import { cloudwatch } from '@tocsin/collector-cloudwatch'
import { ec2 } from '@tocsin/collector-ec2'
import { host } from '@tocsin/collector-host'
import { rds } from '@tocsin/collector-rds'
import { s3 } from '@tocsin/collector-s3'
import { consoleNotifier, fileNotifier } from '@tocsin/core'
import { email } from '@tocsin/notifier-email'
import { slack } from '@tocsin/notifier-slack'
import { sns } from '@tocsin/notifier-sns'
import { webhook } from '@tocsin/notifier-webhook'
import { expect, it } from 'vitest'
import { collectorNames, notifierNames, packagesOf, variablesOf } from './catalogue.ts'

it('offers plugins that exist, under the names that "use" knows', () => {
  expect([host, ec2, rds, s3, cloudwatch].map(({ plugin }) => plugin.name)).toEqual(collectorNames)
  expect([consoleNotifier, fileNotifier, slack, email, sns, webhook].map(({ plugin }) => plugin.name)).toEqual(notifierNames)
})

it('asks for what the choice needs, and nothing else', () => {
  const choice = { name: 'x', watch: ['host'], regions: [], notify: ['console', 'slack'], to: [] } as const
  expect(packagesOf(choice)).toEqual(['tocsin', '@tocsin/core', '@tocsin/collector-host', '@tocsin/evaluator-threshold', '@tocsin/notifier-slack'])
  expect(Object.keys(variablesOf(choice))).toEqual(['SLACK_WEBHOOK_URL'])
  expect(Object.keys(variablesOf({ ...choice, channel: '#ops' }))).toEqual(['SLACK_BOT_TOKEN'])
})
