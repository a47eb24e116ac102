/** What Slack's Block Kit allows: https://docs.slack.dev/reference/block-kit. */
const MOST = { blocks: 50, header: 150, text: 3_000, field: 2_000, fields: 10, elements: 10, attachments: 100, characters: 13_200, fallback: 40_000 } as const

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The blocks of a message in the order they are shown: its own, then those beside the coloured bars. */
function allBlocks(blocks: readonly unknown[], attachments: readonly unknown[]): unknown[] {
  return [...blocks, ...attachments.flatMap((attachment) => (isFields(attachment) && Array.isArray(attachment['blocks']) ? attachment['blocks'] : []))]
}

/** The error Slack would answer a message with, and its detail; `undefined` for one that it would take. */
export function layoutError(text: string | undefined, blocks: unknown, attachments: unknown): { readonly error: string; readonly detail: string } | undefined {
  if (blocks !== undefined && !Array.isArray(blocks)) return { error: 'invalid_blocks_format', detail: 'blocks is not a list' }
  if (attachments !== undefined && !Array.isArray(attachments)) return { error: 'invalid_attachments', detail: 'attachments is not a list' }
  if (!text && !blocks?.length && !attachments?.length) return { error: 'no_text', detail: 'nothing to show' }
  if ((text?.length ?? 0) > MOST.fallback) return { error: 'msg_too_long', detail: `text has ${text?.length} characters` }
  if ((attachments?.length ?? 0) > MOST.attachments) return { error: 'too_many_attachments', detail: `${attachments?.length} attachments` }
  const lists = [blocks ?? [], ...(attachments ?? []).map((attachment) => (isFields(attachment) ? (attachment['blocks'] ?? []) : []))]
  for (const list of lists) {
    const detail = listProblem(list)
    if (detail !== undefined) return { error: 'invalid_blocks', detail }
  }
  const size = JSON.stringify(allBlocks(blocks ?? [], attachments ?? [])).length
  return size > MOST.characters ? { error: 'msg_blocks_too_long', detail: `${size} characters` } : undefined
}

function listProblem(blocks: unknown): string | undefined {
  if (!Array.isArray(blocks)) return 'blocks is not a list'
  if (blocks.length > MOST.blocks) return `no more than ${MOST.blocks} items allowed, not ${blocks.length} [json-pointer:/blocks]`
  for (const [index, block] of blocks.entries()) {
    const problem = blockProblem(block)
    if (problem !== undefined) return `${problem} [json-pointer:/blocks/${index}]`
  }
  return undefined
}

function blockProblem(block: unknown): string | undefined {
  if (!isFields(block)) return 'a block is not an object'
  const { text, fields, elements } = block
  switch (block['type']) {
    case 'header':
      return unknownKey(block, ['type', 'text', 'block_id']) ?? textProblem(text, MOST.header, ['plain_text'])
    case 'divider':
      return unknownKey(block, ['type', 'block_id'])
    case 'section': {
      if (text === undefined && fields === undefined) return 'a section needs text or fields'
      const wrong = unknownKey(block, ['type', 'text', 'fields', 'accessory', 'expand', 'block_id']) ?? (text === undefined ? undefined : textProblem(text, MOST.text))
      return wrong ?? (fields === undefined ? undefined : textsProblem(fields, MOST.fields, MOST.field))
    }
    case 'context':
      return unknownKey(block, ['type', 'elements', 'block_id']) ?? textsProblem(elements, MOST.elements, MOST.text)
    default:
      return `unsupported type: ${String(block['type'])}`
  }
}

function textsProblem(texts: unknown, most: number, longest: number): string | undefined {
  if (!Array.isArray(texts) || texts.length === 0 || texts.length > most) return `between 1 and ${most} texts allowed`
  return texts.map((text) => textProblem(text, longest)).find((problem) => problem !== undefined)
}

function textProblem(text: unknown, most: number, types: readonly string[] = ['plain_text', 'mrkdwn']): string | undefined {
  if (!isFields(text) || !types.includes(String(text['type']))) return `a text must be ${types.join(' or ')}`
  if (typeof text['text'] !== 'string' || text['text'].length === 0) return 'must be more than 0 characters'
  if (text['text'].length > most) return `must be less than ${most + 1} characters`
  return unknownKey(text, ['type', 'text', text['type'] === 'mrkdwn' ? 'verbatim' : 'emoji'])
}

function unknownKey(value: Fields, known: readonly string[]): string | undefined {
  const key = Object.keys(value).find((name) => !known.includes(name))
  return key === undefined ? undefined : `additional property "${key}"`
}

/** What a reader sees of a message: one line for a text or a pair of fields, `|` for the coloured bar, markup taken away. */
export function shownText({ text, blocks, attachments }: { readonly text: string; readonly blocks: readonly unknown[]; readonly attachments: readonly unknown[] }): string {
  if (blocks.length === 0 && attachments.length === 0) return shown(text)
  const beside = allBlocks([], attachments).flatMap(blockLines)
  return [...blocks.flatMap(blockLines), ...beside.map((line) => `| ${line}`)].join('\n')
}

function blockLines(block: unknown): string[] {
  if (!isFields(block)) return []
  const fields = Array.isArray(block['fields']) ? block['fields'].map(textOf) : []
  const pairs = fields.flatMap((name, index) => (index % 2 === 0 ? [`${name}  ${fields[index + 1] ?? ''}`.trimEnd()] : []))
  const elements = Array.isArray(block['elements']) ? [block['elements'].map(textOf).join(' ')] : []
  return [...(block['text'] === undefined ? [] : textOf(block['text']).split('\n')), ...pairs, ...elements]
}

function textOf(value: unknown): string {
  if (!isFields(value) || typeof value['text'] !== 'string') return ''
  return value['type'] === 'mrkdwn' ? shown(value['text'].replaceAll(/\*([^*]+)\*/g, '$1').replaceAll(/<(https?:[^|>]+)\|([^>]+)>/g, '$2 ($1)')) : shown(value['text'])
}

const shown = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
