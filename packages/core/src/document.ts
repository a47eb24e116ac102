import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar, visit, type YAMLError } from 'yaml'
import { ConfigError, reasonOf, TocsinError } from './errors.ts'
import type { Problem } from './plugin/rule.ts'

/** How often anchors may be expanded in all before it is taken for an attack. A rule shared by a thousand metrics passes. */
const MOST_EXPANSIONS = 1_000

/** A YAML or JSON file with the positions of everything in it. */
export interface SourceDocument {
  /** What cannot be parsed. Only the first syntax error: those after it are mostly its echo. */
  readonly problems: readonly TocsinError[]
  /** False when the rest of the document means nothing. */
  readonly readable: boolean
  /** Every text that is a value, keys excluded. Setting `value` changes what `toValue` gives. */
  readonly texts: readonly Scalar<string>[]
  /**
   * The plain value.
   *
   * @throws ConfigError when its anchors cannot be expanded.
   */
  toValue(): unknown
  /** The scalar at a path, through anchors and merge keys. */
  scalarAt(path: readonly PropertyKey[]): Scalar | undefined
  /** `file:line:col` of what a problem is about: a key where the key is wrong, else the value; the nearest parent of what is missing. */
  placeOf(problem: Problem): string
  /** `file:line:col` of the first place at or after a node's start where `text` stands, else of the node. */
  placeWithin(node: Node, text: string): string
}

/** A node with the key it stands under. */
interface Place {
  readonly key?: Node | undefined
  readonly node: Node | undefined
}

/** @param file the name that positions are shown with. */
export function readDocument(text: string, file: string): SourceDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    logLevel: 'error',
    merge: true,
    prettyErrors: false,
    resolveKnownTags: false,
    stringKeys: true,
  })
  const position = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`
  }
  const start = (node: Node | undefined): number => node?.range?.[0] ?? 0

  const [syntax] = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY')
  const oddities = syntax ? [syntax] : [...document.errors, ...document.warnings]
  const problems = oddities.map((error) => explain(error, text, position(error.pos[0])))
  const { texts, loops } = syntax ? { texts: [], loops: [] } : survey(document)
  for (const alias of loops) {
    const what = `the anchor "${alias.source}" is not defined before its use, or contains itself`
    problems.push(new TocsinError('E111', what, { where: position(start(alias)), fix: `write "&${alias.source}" on an earlier value` }))
  }

  return {
    problems,
    readable: syntax === undefined && loops.length === 0,
    texts,
    toValue() {
      try {
        return document.toJS({ maxAliasCount: MOST_EXPANSIONS })
      } catch (cause) {
        const what = `the anchors cannot be expanded: ${reasonOf(cause)}`
        throw new ConfigError([new TocsinError('E111', what, { where: position(0), fix: 'write the values out', cause })])
      }
    },
    scalarAt(path) {
      const { node, found } = locate(document, path)
      const target = isAlias(node) ? node.resolve(document) : node
      return found === path.length && isScalar(target) ? target : undefined
    },
    placeOf({ path, error }) {
      const { key, node, found } = locate(document, path)
      const aboutKey = error.code === 'E101' || error.code === 'E102'
      const shown = isScalar(node) && node.range?.[0] !== node.range?.[1]
      return position(start(found === path.length && shown && !aboutKey ? node : (key ?? node)))
    },
    placeWithin(node, part) {
      const from = start(node)
      const at = text.indexOf(part, from)
      return position(at >= 0 && at < (node.range?.[1] ?? 0) ? at : from)
    },
  }
}

/** The deepest place on the way to a path, and how many steps led there. */
function locate(document: Document, path: readonly PropertyKey[]): Place & { readonly found: number } {
  let place: Place = { node: document.contents ?? undefined }
  for (const [index, step] of path.entries()) {
    const next = child(document, place.node, step)
    if (!next) return { ...place, found: index }
    place = next
  }
  return { ...place, found: path.length }
}

function child(document: Document, parent: Node | undefined, step: PropertyKey): Place | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent
  if (isSeq<Node>(node)) {
    const item = node.items[Number(step)]
    return item && { node: item }
  }
  if (!isMap<Node, Node | null>(node)) return undefined
  const own = node.items.find(({ key }) => isScalar(key) && key.value === String(step))
  if (own) return { key: own.key, node: own.value ?? undefined }
  for (const { key, value } of node.items) {
    if (!isScalar(key) || key.type !== 'PLAIN' || key.value !== '<<') continue
    const merged = isAlias(value) ? value.resolve(document) : value
    for (const source of isSeq<Node>(merged) ? merged.items : [merged ?? undefined]) {
      const inherited = child(document, source, step)
      if (inherited) return inherited
    }
  }
  return undefined
}

/** All texts, and the aliases that lead nowhere or back into themselves. */
function survey(document: Document): { readonly texts: Scalar<string>[]; readonly loops: Alias[] } {
  const texts: Scalar<string>[] = []
  const loops: Alias[] = []
  visit(document, {
    Alias(_key, alias, ancestors) {
      const target = alias.resolve(document)
      if (target === undefined || ancestors.includes(target)) loops.push(alias)
    },
    Scalar(key, scalar) {
      if (key !== 'key' && isText(scalar)) texts.push(scalar)
    },
  })
  return { texts, loops }
}

const isText = (scalar: Scalar): scalar is Scalar<string> => typeof scalar.value === 'string'

function explain({ code, message, pos: [from, to] }: YAMLError, text: string, where: string): TocsinError {
  const error = (what: string, fix: string): TocsinError => new TocsinError('E111', what, { where, fix })
  if (code === 'DUPLICATE_KEY') return error(`the key "${keyAt(text, from)}" stands twice`, 'keep one of the two')
  if (code === 'TAB_AS_INDENT') return error('a tab cannot indent YAML', 'indent with spaces')
  if (code === 'TAG_RESOLVE_FAILED') return error(`the tag ${text.slice(from, to)} is not known`, 'leave the tag out')
  if (code === 'RESOURCE_EXHAUSTION') return error('the values are nested too deeply', 'write them flatter')
  if (code === 'MULTIPLE_DOCS') return error('the file holds several documents', 'keep one, without "---" between')
  if (text.slice(from - 1, from + 1) === '${') return error('a placeholder stands without quotes', 'between { } and [ ] write it in quotes: "${NAME}"')
  return error(`the file cannot be parsed: ${message}`, 'look at the quotes, brackets and indentation here and just before')
}

/** The key that begins at an offset, without its quotes. */
function keyAt(text: string, offset: number): string {
  return /^(["']?)([^\n]*?)\1\s*:/.exec(text.slice(offset, offset + 200))?.[2] ?? ''
}
