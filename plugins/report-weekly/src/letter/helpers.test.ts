import { expect, it } from 'vitest'
import { compileTemplates } from './compile-template.ts'

const VIEW = {
  timeZone: 'Europe/Berlin',
  at: Date.parse('2026-08-20T12:05:00Z'),
  none: undefined,
  row: { course: [1, 2, undefined, 4, 8].map((high, at) => (high === undefined ? undefined : { from: at, until: at + 1, low: 8 - high, average: high, high })), worse: 'high', sparkline: { cid: 's', width: 112, height: 28, alt: '1 to "8"' } },
}
const said = (text: string, part: 'html' | 'text' = 'text'): string => compileTemplates(part, [{ name: 'it', path: 'it.hbs', text }])('it')(VIEW)

it.each([
  ['{{number 1234567.891}}', '1,234,568'],
  ['{{number 12.1 digits=2}}', '12.10'],
  ['{{number 0}}', '0'],
  ['{{percent 0.934}}', '93%'],
  ['{{percent 0.934 digits=1}}', '93.4%'],
  ['{{bytes 12400000000}}', '12.4 GB'],
  ['{{quantity 91.26 "percent"}}', '91.3%'],
  ['{{quantity 0.25 "seconds"}}', '250ms'],
  ['{{duration 7500000}}', '2h 5m'],
  ['{{date at}}', 'Thu 20 Aug 14:05'],
  ['{{date at format="when"}}', 'Thu 14:05'],
  ['{{date at format="day"}}', 'Thu 20 Aug'],
  ['{{date at format="date"}}', '20 August 2026'],
  ['{{date at format="time" zone="America/New_York"}}', '08:05'],
  ['{{plural 1 "resource"}} {{plural 14 "resource"}} {{plural 2 "day" "days of work"}}', '1 resource 14 resources 2 days of work'],
  ['{{sparkline row}}', '▁▂·▄█'],
])('%s says %s', (template, expected) => {
  expect(said(template)).toBe(expected)
})

it.each(['number', 'percent', 'bytes', 'duration', 'date'])('%s says that nothing is known, and no zero', (helper) => {
  expect(said(`{{${helper} none}}`)).toBe('no data')
  expect(said(`{{quantity none "percent"}} {{delta none 1}} {{delta 1 none}}`)).toBe('no data no data no data')
})

it.each([
  ['47 41 "percent"', '▲ 6 pt'],
  ['41 47 "percent"', '▼ 6 pt'],
  ['41.2 41 "percent"', '='],
  ['112 100 "count"', '▲ 12%'],
  ['50 100 "bytes"', '▼ 50%'],
  ['1001 1000 "count"', '='],
  ['1000 10 "count"', '▲ ×100'],
  ['5 0 "bytes"', '▲ from 0 B'],
  ['0 0 "count"', '='],
  ['5 8', '▼ 3'],
  ['8 8', '='],
])('delta %s says %s', (values, expected) => {
  expect(said(`{{delta ${values}}}`)).toBe(expected)
})

it('draws a row as a picture in HTML, its text escaped', () => {
  expect(said('{{sparkline row}}', 'html')).toBe('<img src="cid:s" width="112" height="28" alt="1 to &quot;8&quot;" style="display:block;border:0;width:112px;height:28px">')
})

it('draws the lowest values where low is worse', () => {
  const template = compileTemplates('text', [{ name: 'it', path: 'it.hbs', text: '{{sparkline row}}' }])('it')
  expect(template({ ...VIEW, row: { ...VIEW.row, worse: 'low' } })).toBe('█▇·▅▁')
})
