import { type SourceDocument, readDocument } from '../document.ts'
import { ConfigError, type ErrorCode, TocsinError } from '../errors.ts'
import type { Problem } from '../plugin/rule.ts'
import { parsePrometheusDuration } from './alertmanager-duration.ts'

/** Something that is said in an `alertmanager.yml` and not carried over, or that means something else here. */
export interface Difference {
  /** `receivers[0].slack_configs[1].title`. */
  readonly path: string
  /** From 1. */
  readonly line: number
  /** What is not carried over, never with its value: it may be a secret. */
  readonly what: string
  /** Why not, or what to do about it. */
  readonly why: string
}

type Path = readonly (string | number)[]

/** A place in the file. Reading a value says that it is carried over; what nobody reads is found at the end and listed. */
export interface Place {
  readonly path: Path
  /** Whether anything but null stands there. */
  readonly given: boolean
  at(key: string): Place
  /** The entries of a map; none when there is none. Refuses anything else. */
  entries(): readonly (readonly [key: string, place: Place])[]
  /** The items of a list; none when there is none. Refuses anything else. */
  items(): readonly Place[]
  /** A text as it is written: `010` and `yes` stay what they are. `undefined` when there is none, or an empty one. */
  text(): string | undefined
  /** As `text`, without saying that it is carried over. What is no text counts as one. */
  peek(): string | undefined
  /** `true`, `yes`, `on` and the like, as YAML 1.1 reads them. */
  flag(): boolean | undefined
  /** Milliseconds. */
  duration(): number | undefined
  /** The same place, where reading leaves no trace: for checks. */
  quietly(): Place
  /** Records an error that Alertmanager would refuse the file for. */
  refuse(what: string, fix: string, code?: ErrorCode): void
  /** Records what another reader found wrong, at its path from here. */
  adopt(problem: Problem): void
  /** Lists what stands there, with all that is inside. */
  list(what: string, why: string): void
}

/** A file that is being read. */
export interface AlertmanagerSource {
  readonly root: Place
  /** Everything that is wrong so far, in the order of the file. */
  problems(): readonly TocsinError[]
  /**
   * Everything that was listed, and everything that nobody read.
   *
   * @param reasonOf why Alertmanager's setting at a path is not carried over; `undefined` when it has none by that name.
   */
  differences(reasonOf: (path: Path) => string | undefined): readonly Difference[]
}

const TRUE = /^(?:y|yes|true|on)$/i
const FALSE = /^(?:n|no|false|off)$/i
const MAP = 'write names and values: "name: value"'
const UNKNOWN_KEY = 'Alertmanager has no setting of this name that is known here'

/** A text in which `${` is no placeholder. */
export const literal = (text: string): string => text.replaceAll('${', () => '$${')

/** @throws ConfigError when the file cannot be parsed or its anchors cannot be expanded. */
export function openSource(yaml: string, file: string): AlertmanagerSource {
  const document = readDocument(yaml, file)
  if (!document.readable) throw new ConfigError(document.problems)
  const problems: TocsinError[] = [...document.problems]
  const listed = new Map<string, Difference>()
  const silenced = new Set<string>()
  const read = new Set<string>()
  const tree = document.toValue()

  /** A value is read more than once, and wrong only once. */
  const add = (error: TocsinError): void => {
    if (!problems.some((other) => String(other) === String(error))) problems.push(error)
  }
  const refuse = (path: Path, what: string, fix: string, code: ErrorCode = 'E103'): void => {
    const error = new TocsinError(code, what, { fix })
    add(error.at(document.placeOf({ path, error })))
  }
  const list = (path: Path, what: string, why: string): void => {
    silenced.add(idOf(path))
    listed.set(`${idOf(path)} ${what}`, { path: shown(path), line: lineOf(document, path), what, why })
  }

  const place = (path: Path, value: unknown, quiet = false): Place => {
    const name = path.length === 0 ? 'the file' : `"${shown(path)}"`
    const mark = (): void => void (quiet || read.add(idOf(path)))
    const given = value !== undefined && value !== null
    // Numbers and truth values are texts to Alertmanager where it asks for a text.
    const written = typeof value === 'string' ? value : document.scalarAt(path)?.source
    const scalar = (): string | undefined => {
      mark()
      if (typeof value === 'object' && given) refuse(path, `${name} cannot be ${Array.isArray(value) ? 'a list' : 'a map'}`, 'write a text')
      return given ? written : undefined
    }
    return {
      path,
      given,
      at(key) {
        if (given && !isMap(value)) refuse(path, `${name} must be a map`, MAP)
        mark()
        return place([...path, key], isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined, quiet)
      },
      entries() {
        mark()
        if (isMap(value)) return Object.entries(value).map(([key, inner]) => [key, place([...path, key], inner, quiet)])
        if (given) refuse(path, `${name} must be a map`, MAP)
        return []
      },
      items() {
        mark()
        if (Array.isArray(value)) return value.map((inner: unknown, index) => place([...path, index], inner, quiet))
        if (given) refuse(path, `${name} must be a list`, 'write a list: [ ... ]')
        return []
      },
      text: () => scalar() || undefined,
      peek: () => (!given ? undefined : typeof value === 'object' ? 'an object' : written || undefined),
      flag() {
        const text = scalar()
        if (text === undefined) return undefined
        const plain = typeof value === 'boolean' || document.scalarAt(path)?.type === 'PLAIN'
        if (plain && TRUE.test(text)) return true
        if (!plain || !FALSE.test(text)) refuse(path, `${name} must be true or false`, 'write true or false')
        return false
      },
      duration() {
        const text = scalar()
        if (text === undefined) return undefined
        const ms = parsePrometheusDuration(text)
        if (ms === undefined) refuse(path, `${name} is not a duration of Prometheus`, 'write it as "30s", "5m" or "1h30m"', 'E104')
        return ms
      },
      quietly: () => place(path, value, true),
      refuse: (what, fix, code) => refuse(path, what, fix, code),
      adopt: ({ path: rest, error }) => add(error.at(document.placeOf({ path: [...path, ...rest], error }))),
      list: (what, why) => list(path, what, why),
    }
  }

  return {
    root: place([], tree),
    problems: () => inOrder(problems),
    differences(reasonOf) {
      const sweep = (path: Path, value: unknown): void => {
        const id = idOf(path)
        if (silenced.has(id)) return
        if (typeof value === 'object' && value !== null && read.has(id)) {
          for (const [key, inner] of Object.entries(value)) sweep([...path, Array.isArray(value) ? Number(key) : key], inner)
        } else if (!read.has(id)) {
          const reason = reasonOf(path)
          list(path, reason === undefined ? `the unknown key "${path.at(-1)}"` : `"${path.at(-1)}"`, reason ?? UNKNOWN_KEY)
        }
      }
      sweep([], tree)
      return [...listed.values()].sort((a, b) => a.line - b.line)
    },
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

const idOf = (path: Path): string => JSON.stringify(path)

const shown = (path: Path): string => path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')

function lineOf(document: SourceDocument, path: Path): number {
  // The line of the key, where there is one, is where people look.
  const place = document.placeOf({ path, error: new TocsinError('E102', '', { fix: '' }) })
  return Number(/:(\d+):\d+$/.exec(place)?.[1] ?? 1)
}

function inOrder(problems: readonly TocsinError[]): TocsinError[] {
  const place = ({ where = '' }: TocsinError): number[] => /(\d+):(\d+)$/.exec(where)?.slice(1).map(Number) ?? []
  return problems.toSorted((a, b) => {
    const [[line = 0, column = 0], [otherLine = 0, otherColumn = 0]] = [place(a), place(b)]
    return line - otherLine || column - otherColumn
  })
}
