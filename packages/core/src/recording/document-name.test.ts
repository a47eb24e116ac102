import { assert, date, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { documentName, parseDocumentName } from './document-name.ts'

const at = Date.parse('2026-01-05T12:05:00.007Z')

it('names the day, the time, the monitor, the machine and the content', () => {
  expect(documentName({ monitor: 'main', at }, 'web-1.example.com', 'text')).toEqual({
    day: '2026-01-05',
    file: '120500.007Z_main_web-1.example.com_982d9e3e.json',
    at,
    time: '120500.007Z',
    monitor: 'main',
    host: 'web-1.example.com',
    hash: '982d9e3e',
  })
})

it('sorts by time, across days and monitors', () => {
  const name = ({ day, file }: ReturnType<typeof documentName>) => `${day}/${file}`
  const times = [at, at + 1, at + 999, at + 60_000, Date.parse('2026-01-05T23:59:59.999Z'), Date.parse('2026-01-06T00:00:00Z'), Date.parse('2026-11-01T00:00:00Z')]
  const names = times.map((time, index) => name(documentName({ monitor: `m${9 - index}`, at: time }, 'web-1', 'text')))
  expect(names.toSorted()).toEqual(names)
})

it.each(['my_monitor', 'größe', '../../etc/passwd', 'a b\n', '', '\u0000', 'x'.repeat(300)])('makes a file of one folder of the name %j', (odd) => {
  const { day, file } = documentName({ monitor: odd, at }, odd, 'text')
  expect(file).toMatch(/^120500\.007Z_[A-Za-z\d.-]{1,100}_[A-Za-z\d.-]{1,100}_982d9e3e\.json$/)
  expect(file.length).toBeLessThan(255)
  expect(parseDocumentName(day, file)?.at).toBe(at)
})

it('reads every name that it makes', () => {
  const name = string({ unit: 'binary' })
  assert(
    property(date({ min: new Date(0), max: new Date('2999-12-31'), noInvalidDate: true }), name, name, string(), (at, monitor, host, text) => {
      const made = documentName({ monitor, at: at.getTime() }, host, text)
      expect(parseDocumentName(made.day, made.file)).toEqual(made)
    }),
  )
})

it.each(['120500.007Z_main_web-1_982d9e3e.json.0a1b.draft', 'notes.txt', '120500.007Z_main_982d9e3e.json', '996100.007Z_main_web-1_982d9e3e.json', '.120500.007Z_main_web-1_982d9e3e.json'])('takes %s for no document', (file) => {
  expect(parseDocumentName('2026-01-05', file)).toBeUndefined()
})
