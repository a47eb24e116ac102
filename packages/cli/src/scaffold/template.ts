import { readFileSync } from 'node:fs'

export const KINDS = ['collector', 'evaluator', 'notifier', 'recorder'] as const
export type Kind = (typeof KINDS)[number]

/** What a new plugin of a kind begins with: a plugin of `examples/custom-plugins`, under another name. */
export interface Template {
  /** The name of the example, as its files and functions have it. */
  readonly example: string
  readonly purpose: string
  /** Packages beside the core that its test or its sample need. */
  readonly needs: readonly string[]
  /** The section of its README that no other kind has. */
  readonly section: { readonly title: string; readonly text: string }
  readonly permissions: string
  readonly output: string
  /** A monitor that uses it from its own folder. */
  readonly sample: string
}

const HOST = `watch:
  - use: host
    rules:
      cpu: { warning: 60, critical: 80, for: 5m }
`
const TERMINAL = `notify:
  terminal: { use: console }
`

export const TEMPLATES: Readonly<Record<Kind, Template>> = {
  collector: {
    example: 'backlog',
    purpose: 'Watches a spool folder: how many files wait in it, and how long the oldest has waited.',
    needs: ['@tocsin/evaluator-threshold'],
    section: { title: 'Metrics', text: '| metric | unit | bad when | what |\n|---|---|---|---|\n| `files` | count | high | Files that wait |\n| `oldest` | seconds | high | Age of the oldest file |' },
    permissions: 'Reads the folder.',
    output: 'RED . oldest 2h (> 1h)',
    sample: `watch:
  - use: ./src/index.ts
    folder: .
    rules:
      files: { warning: 100, critical: 1000 }
      oldest: { critical: 1h }
${TERMINAL}`,
  },
  evaluator: {
    example: 'rising',
    purpose: 'Warns when a value has risen several points in a row, whatever it is.',
    needs: ['@tocsin/collector-host', '@tocsin/evaluator-threshold'],
    section: { title: 'Judgements', text: 'AMBER from the `times`th rise on, until the value falls or stands still.' },
    permissions: 'None.',
    output: 'AMBER web-3 memory 71% (rose 5 times in a row)',
    sample: `watch:
  - use: host
    rules:
      memory: { use: ./src/index.ts, times: 5 }
${TERMINAL}`,
  },
  notifier: {
    example: 'ntfy',
    purpose: 'Publishes to a topic of an ntfy server.',
    needs: ['@tocsin/collector-host', '@tocsin/evaluator-threshold'],
    section: { title: 'Message', text: 'The text form of the message; its priority is `urgent` for RED.' },
    permissions: 'May publish to the topic; a token where the server asks for one.',
    output: 'RED web-3 cpu 91% (> 80% for 5m)',
    sample: `${HOST}notify:
  phone: { use: ./src/index.ts, topic: 'https://ntfy.example.com/alerts' }
`,
  },
  recorder: {
    example: 'snapshots',
    purpose: 'Keeps what each cycle saw in a file of its own, a line of JSON for each series.',
    needs: ['@tocsin/collector-host', '@tocsin/evaluator-threshold'],
    section: { title: 'Documents', text: '`<time>_<monitor>.jsonl`, a line for each series: monitor, time, resource, rule, metric, unit, value as text, level.' },
    permissions: 'Writes to the folder.',
    output: '{"monitor":"main","time":"2026-01-05T12:00:00.000Z","rule":"host.cpu","value":"37.5","level":"none"}',
    sample: `${HOST}${TERMINAL}record:
  local: { use: ./src/index.ts, folder: snapshots }
`,
  },
}

/** The example's code and test. The build copies the examples beside the package's code; in this workspace they are read where they are. */
export function exampleSource(example: string): { readonly code: string; readonly test: string } {
  const built = import.meta.url.endsWith('.js')
  const folder = new URL(built ? '../../templates/' : '../../../../examples/custom-plugins/src/', import.meta.url)
  const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
  return { code: read(`${example}.ts`), test: read(`${example}.test.ts`) }
}
