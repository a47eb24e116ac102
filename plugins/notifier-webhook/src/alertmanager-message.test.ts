import { aNotification, aNotifiedAlert, aResolvedNotification, aResource, aSubject } from '@tocsin/core/testing'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { type AlertmanagerMessage, alertmanagerMessage, type MessageOptions } from './alertmanager-message.ts'

// Written from https://prometheus.io/docs/alerting/latest/configuration/#webhook_config, not from our own types.
const rfc3339 = z.iso.datetime({ offset: true })
const status = z.enum(['resolved', 'firing'])
const words = z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string())
const version4 = z.strictObject({
  version: z.literal('4'),
  groupKey: z.string().min(1),
  truncatedAlerts: z.int().min(0),
  status,
  receiver: z.string().min(1),
  groupLabels: words,
  commonLabels: words,
  commonAnnotations: words,
  externalURL: z.string(),
  alerts: z.array(
    z.strictObject({
      status,
      labels: words,
      annotations: words,
      startsAt: rfc3339,
      endsAt: rfc3339,
      generatorURL: z.string(),
      fingerprint: z.string().min(1),
    }),
  ),
})

const sent = (notification = aNotification(), over: Partial<MessageOptions> = {}): AlertmanagerMessage => {
  const message = alertmanagerMessage(notification, 'key-1', { maxAlerts: 0, externalUrl: '', extras: true, ...over })
  // What arrives is what JSON makes of it.
  return JSON.parse(JSON.stringify(message)) as AlertmanagerMessage
}
const named = (name: string, over: object = {}) => aNotifiedAlert({ subject: aSubject({ fingerprint: name, resource: aResource({ id: name, name }) }), ...over })
const group = aNotification({ alerts: [named('web-1'), named('web-2', { level: 'warning' }), named('web-3', { level: 'none', toldLevel: 'warning', resolvedAt: 1.8e12 })] })

it.each([
  ['firing', aNotification()],
  ['resolved', aResolvedNotification()],
  ['a group', group],
])('is a version 4 message when %s, with nothing beside it but "tocsin"', (_, notification) => {
  const { tocsin, ...rest } = sent(notification)
  expect(tocsin).toBeTypeOf('object')
  version4.parse(rest)
  version4.parse(sent(notification, { extras: false }))
})

it('names rule, level and resource as receivers expect them', () => {
  const subject = aSubject({ dimensions: { mount: '/var' }, labels: { team: 'web', severity: 'page' }, annotations: { summary: 'Too busy', runbook: 'https://wiki/cpu' } })
  const [alert] = sent(aNotification({ alerts: [aNotifiedAlert({ subject })] })).alerts
  expect(alert?.labels).toMatchObject({ alertname: 'ec2.cpu', severity: 'critical', instance: 'web-3', monitor: 'main', mount: '/var', team: 'web' })
  expect(alert?.annotations).toEqual({
    summary: 'Too busy',
    description: 'RED web-3 cpu /var 91% (> 80% for 5m) · prod us-west-2',
    runbook: 'https://wiki/cpu',
    runbook_url: 'https://wiki/cpu',
  })
})

it('ends at the zero time of Go while it fires, and at its own when it has ended', () => {
  expect(sent()).toMatchObject({ status: 'firing', alerts: [{ status: 'firing', startsAt: '2026-01-05T12:00:00.000Z', endsAt: '0001-01-01T00:00:00Z' }] })
  expect(sent(aResolvedNotification())).toMatchObject({
    status: 'resolved',
    alerts: [{ status: 'resolved', endsAt: '2026-01-05T12:12:00.000Z', annotations: { summary: 'OK web-3 cpu 47% · was RED for 12m · prod us-west-2' } }],
    tocsin: { level: 'none', reason: 'allResolved', alerts: [{ value: 47, firedValue: 91, recoveredValue: 47, peak: 93, level: 'none', worstLevel: 'critical', resolveReason: 'recovered' }] },
  })
})

it('ends under the severity that the receiver was told, whatever came before or after', () => {
  const alert = aNotifiedAlert({ level: 'none', toldLevel: 'warning', worstLevel: 'critical', resolvedAt: 1.8e12, resolveReason: 'rerouted' })
  expect(sent(aNotification({ level: 'none', alerts: [alert] })).alerts[0]).toMatchObject({ status: 'resolved', labels: { severity: 'warning' } })
})

it('says what Alertmanager has no place for', () => {
  expect(sent().tocsin).toEqual({
    title: 'RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2',
    level: 'critical',
    idempotencyKey: 'key-1',
    monitor: 'main',
    reason: 'first',
    watched: 14,
    alerts: [
      {
        fingerprint: '00112233445566778899aabbccddeeff',
        level: 'critical',
        worstLevel: 'critical',
        change: 'new',
        health: 'ok',
        metric: 'cpu',
        unit: 'percent',
        value: 91,
        firedValue: 91,
        peak: 93,
        reason: '> 80%',
        since: '2026-01-05T12:00:00.000Z',
        resource: { id: 'arn:aws:ec2:us-west-2:123456789012:instance/i-0abc', type: 'ec2', tags: { team: 'web' } },
      },
    ],
  })
})

it('counts what it leaves out, and finds in common what is common to the rest', () => {
  expect(sent(group)).toMatchObject({ truncatedAlerts: 0, status: 'firing', groupLabels: { alertname: 'ec2.cpu', monitor: 'main' } })
  expect(sent(group).commonLabels).not.toHaveProperty('severity')
  expect(sent(group).commonAnnotations).toEqual({})
  const cut = sent(group, { maxAlerts: 1 })
  expect(cut).toMatchObject({ truncatedAlerts: 2, alerts: [{ labels: { instance: 'web-1' } }], commonLabels: { severity: 'critical', instance: 'web-1' } })
  expect(cut.tocsin?.alerts).toHaveLength(1)
  expect(sent(group, { maxAlerts: 3 })).toMatchObject({ truncatedAlerts: 0 })
})

it('says null for a number that JSON cannot hold', () => {
  const endless = aNotifiedAlert({ subject: aSubject({ metric: 'latency', unit: 'seconds' }), value: Infinity, peak: Infinity })
  expect(sent(aNotification({ alerts: [endless] })).tocsin?.alerts[0]).toMatchObject({ value: null, peak: null, firedValue: 91 })
})

it('marks a trial even where the author of the rule has written the summary', () => {
  const alert = aNotifiedAlert({ subject: aSubject({ annotations: { summary: 'Too busy' } }) })
  expect(sent(aNotification({ reason: 'test', alerts: [alert] })).alerts[0]?.annotations['summary']).toMatch(/^TEST RED web-3/)
})
