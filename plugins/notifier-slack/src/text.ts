const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The longest line of a list, and the most lines of one. */
const LONGEST_LINE = 300
const MOST_LINES = 50

/**
 * Slack reads `&`, `<` and `>` in every text object as markup: `<!channel>` calls everybody, `<http://x|y>` is a link. As entities they are shown as they are.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Escaped text of at most `most` characters. What is cut ends in an ellipsis, never inside a character or an entity. */
export function fit(text: string, most: number): string {
  const whole = escapeText(text)
  if (whole.length <= most) return whole
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    const next = kept + escapeText(segment)
    if (next.length >= most) break
    kept = next
  }
  return `${kept.trimEnd()}…`
}

/** As many escaped lines as `most` characters take; the rest is counted: `and 437 more`. */
export function fitLines(lines: readonly string[], most: number, mostLines = MOST_LINES): string {
  const room = most - `and ${lines.length} more`.length
  const shown: string[] = []
  let length = 0
  for (const line of lines) {
    const next = fit(line, LONGEST_LINE)
    length += next.length + 1
    if (shown.length === mostLines || length > room) break
    shown.push(next)
  }
  const rest = lines.length - shown.length
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n')
}
