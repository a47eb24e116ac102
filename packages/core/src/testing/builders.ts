import type { AlertSubject } from '../model/alert.ts'
import type { Letter } from '../model/letter.ts'
import type { Notification, NotifiedAlert } from '../model/notification.ts'
import type { Resource } from '../model/resource.ts'
import type { Series } from '../model/series.ts'
import type { Recording, Sample } from '../plugin/recorder.ts'

const START = Date.parse('2026-01-05T12:00:00Z')
const MINUTE = 60_000

export function aResource(over: Partial<Resource> = {}): Resource {
  return {
    id: 'arn:aws:ec2:us-west-2:123456789012:instance/i-0abc',
    type: 'ec2',
    name: 'web-3',
    account: 'prod',
    region: 'us-west-2',
    tags: { team: 'web' },
    ...over,
  }
}

/** A settled one-minute series with the given values, the first at 12:00 UTC on 5 January 2026. */
export function aSeries(values: readonly number[], over: Partial<Series> = {}): Series {
  const timestamps = Float64Array.from(values, (_, index) => START + index * MINUTE)
  return {
    resource: aResource(),
    metric: 'cpu',
    period: MINUTE,
    timestamps,
    values: Float64Array.from(values),
    settledUntil: START + values.length * MINUTE,
    status: 'complete',
    ...over,
  }
}

export function aSubject(over: Partial<AlertSubject> = {}): AlertSubject {
  return {
    fingerprint: '00112233445566778899aabbccddeeff',
    monitor: 'main',
    rule: 'ec2.cpu',
    metric: 'cpu',
    unit: 'percent',
    resource: aResource(),
    dimensions: {},
    labels: { rule: 'ec2.cpu', account: 'prod', region: 'us-west-2' },
    annotations: {},
    for: { warning: 5 * MINUTE, critical: 5 * MINUTE },
    ...over,
  }
}

export function aNotifiedAlert(over: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    subject: aSubject(),
    change: 'new',
    level: 'critical',
    toldLevel: 'none',
    health: 'ok',
    episodeId: '0011-1',
    value: 91,
    firedValue: 91,
    peak: 93,
    worstLevel: 'critical',
    recent: [62, 71, 85, 91],
    firedAt: START,
    reason: '> 80%',
    ...over,
  }
}

/** One critical alert of web-3, told for the first time. */
export function aNotification(over: Partial<Notification> = {}): Notification {
  return {
    key: 'main/ec2.cpu',
    thread: 'main/ec2.cpu/1',
    monitor: 'main',
    receiver: 'ops',
    reason: 'first',
    level: 'critical',
    at: START + MINUTE,
    alerts: [aNotifiedAlert()],
    watched: 14,
    alsoFiring: { lines: [], count: 0 },
    timeZone: 'UTC',
    ...over,
  }
}

/** The end of what `aNotification` told, 12 minutes later. */
export function aResolvedNotification(over: Partial<Notification> = {}): Notification {
  const resolved = aNotifiedAlert({
    change: 'resolved',
    level: 'none',
    toldLevel: 'critical',
    value: 47,
    recoveredValue: 47,
    resolvedAt: START + 12 * MINUTE,
    resolveReason: 'recovered',
  })
  return aNotification({ reason: 'allResolved', level: 'none', at: START + 12 * MINUTE, alerts: [resolved], ...over })
}

export function aSample(over: Partial<Sample> = {}): Sample {
  return { resource: aResource(), rule: 'ec2.cpu', metric: 'cpu', unit: 'percent', dimensions: {}, at: START, value: 91, level: 'critical', ...over }
}

/** What `main` saw at 12:01 UTC on 5 January 2026: one value. */
export function aRecording(over: Partial<Recording> = {}): Recording {
  return { monitor: 'main', at: START + MINUTE, samples: [aSample()], ...over }
}

/** One opaque grey pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNoaGgAAAMEAYFL09IQAAAAAElFTkSuQmCC'

/** A report of a week with one picture. */
export function aLetter(over: Partial<Letter> = {}): Letter {
  return {
    subject: 'Week 34: 2 red, 5 amber (down 3) · 14/14 watched',
    html: '<!doctype html><html lang="en"><head><title>Week 34</title></head><body><p>Week 34: 2 red</p><img src="cid:chart-1@tocsin" alt="cpu of web-3: 91%" width="1" height="1"></body></html>',
    text: 'Week 34: 2 red, 5 amber\n\nLook at web-3 first.',
    images: [{ cid: 'chart-1@tocsin', contentType: 'image/png', content: Buffer.from(PIXEL, 'base64') }],
    short: {
      title: 'Week 34: 2 red, 5 amber (down 3) · 14/14 watched',
      summary: 'Look at web-3 first: cpu was red for 3h.',
      facts: [{ name: 'Watched', value: '14 of 14' }],
      lines: ['RED web-3 cpu 91%', 'AMBER db-1 connections 88%'],
    },
    ...over,
  }
}
