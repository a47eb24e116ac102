import { describe, expect, it } from 'vitest'
import { aRecording, aResource, aSample } from '../testing/builders.ts'
import { parseRecordingDocument, recordingText } from './recording-document.ts'

it('is one line of JSON that says what, when, where and how bad', () => {
  expect(recordingText(aRecording(), 'web-1')).toBe(
    `${JSON.stringify({
      format: 1,
      monitor: 'main',
      host: 'web-1',
      at: '2026-01-05T12:01:00.000Z',
      samples: [
        {
          resource: { id: 'arn:aws:ec2:us-west-2:123456789012:instance/i-0abc', type: 'ec2', name: 'web-3', account: 'prod', region: 'us-west-2', tags: { team: 'web' } },
          rule: 'ec2.cpu',
          metric: 'cpu',
          unit: 'percent',
          dimensions: {},
          at: '2026-01-05T12:00:00.000Z',
          value: 91,
          level: 'critical',
        },
      ],
    })}\n`,
  )
})

it('says nothing of what a plugin adds to a resource of its own', () => {
  const resource = { ...aResource(), password: 'hidden' }
  expect(recordingText(aRecording({ samples: [aSample({ resource })] }), 'web-1')).not.toContain('hidden')
})

it('keeps infinities, and leaves out the places that a resource has not', () => {
  const { account: _account, region: _region, ...resource } = aResource()
  const text = recordingText(aRecording({ samples: [Infinity, -Infinity].map((value) => aSample({ resource, value })) }), 'web-1')
  const { samples } = parseRecordingDocument(text, 'here')
  expect(samples.map(({ value }) => value)).toEqual(['Infinity', '-Infinity'])
  expect(samples.map(({ resource }) => Object.keys(resource))).toEqual([['id', 'type', 'name', 'tags'], ['id', 'type', 'name', 'tags']])
})

describe('what is no document', () => {
  it.each([
    ['half of one', '{"format":1,"monitor"'],
    ['one of another format', recordingText(aRecording(), 'web-1').replace('"format":1', '"format":2')],
    ['one without a value', recordingText(aRecording(), 'web-1').replace('"value":91,', '')],
    ['a list', '[]'],
  ])('%s is said to be none', (_what, text) => {
    expect(() => parseRecordingDocument(text, '/records/a.json')).toThrow(expect.objectContaining({ code: 'E700', where: '/records/a.json', permanent: false }))
  })
})
