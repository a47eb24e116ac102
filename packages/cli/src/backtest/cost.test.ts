import { describe, expect, it } from 'vitest'
import { agreeTo } from './cost.ts'

/** What is said and asked before something is read, and whether it is read then. */
async function reading(dollars: number, { interactive = false, yes = false, answer = false, without = [] as string[], calls = 12 } = {}) {
  const said: string[] = []
  const asked: string[] = []
  const stderr = { write: (text: string) => said.push(text), on: () => {}, off: () => {} }
  const ask = async (message: string): Promise<boolean> => {
    asked.push(message)
    return answer
  }
  const refused = await agreeTo({ series: 1_200, calls, dollars, without }, { shell: { stderr, interactive } }, yes, ask).then(() => undefined, String)
  return { said: said.join(''), asked, refused }
}

describe('what reading costs', () => {
  it('is said first', async () => {
    expect((await reading(1.2345, { yes: true })).said).toBe('reading 1,200 series in 12 calls: $1.23\n')
    expect((await reading(0.0001, { yes: true, calls: 1, without: ['host', 'disk'] })).said).toBe('reading 1,200 series in 1 call: less than $0.01; host keeps no past; disk keeps no past\n')
    expect((await reading(0)).said).toBe('reading 1,200 series in 12 calls: $0.00\n')
  })

  it.each([
    ['nothing, where nobody is there', 0, {}, { asked: [], refused: undefined }],
    ['small change, on a terminal', 0.05, { interactive: true }, { asked: [], refused: undefined }],
    ['more, on a terminal, agreed to', 0.06, { interactive: true, answer: true }, { asked: ['Pay $0.06?'], refused: undefined }],
    ['more, on a terminal, not agreed to', 0.06, { interactive: true }, { asked: ['Pay $0.06?'], refused: expect.stringMatching(/^E600 nothing was read · /) }],
    ['more, with --yes', 90, { interactive: true, yes: true }, { asked: [], refused: undefined }],
    ['small change, where nobody is there', 0.01, {}, { asked: [], refused: expect.stringMatching(/^E600 reading costs \$0\.01, and nobody is there to ask · .*--yes/) }],
    ['small change, where nobody is there, with --yes', 0.01, { yes: true }, { asked: [], refused: undefined }],
  ])('is %s', async (_name, dollars, over, expected) => {
    expect(await reading(dollars, over)).toMatchObject(expected)
  })
})
