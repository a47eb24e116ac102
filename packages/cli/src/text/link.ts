/** Makes a text a link, or leaves it as it is. */
export type Link = (url: string, text: string) => string

export const unlinked: Link = (_url, text) => text

/** OSC 8: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda. An address that is none of the web is left out. */
export const linked: Link = (url, text) => {
  const address = URL.parse(url)
  return address === null || !/^https?:$/.test(address.protocol) ? text : `\u001B]8;;${address.href}\u001B\\${text}\u001B]8;;\u001B\\`
}

/** Terminals that show links, by what they say of themselves. Others print rubbish, so whoever is not known gets none. */
const KNOWN: ReadonlySet<string> = new Set(['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'Tabby'])
/** GNOME Terminal and its like. 0.50 had links first, and crashed on them: https://bugzilla.gnome.org/show_bug.cgi?id=779734. */
const VTE = 5_001

/** Links where the terminal shows them; FORCE_HYPERLINK asks for them, and forbids them with `0`. */
export function linkFor({ stdout, env }: { readonly stdout: { readonly isTTY?: boolean }; readonly env: NodeJS.ProcessEnv }): Link {
  const forced = env['FORCE_HYPERLINK']
  if (forced !== undefined) return forced === '0' ? unlinked : linked
  if (stdout.isTTY !== true || env['TERM'] === 'dumb' || env['CI'] !== undefined) return unlinked
  const knows = KNOWN.has(env['TERM_PROGRAM'] ?? '') || Number(env['VTE_VERSION'] ?? 0) >= VTE || env['WT_SESSION'] !== undefined || /^(xterm-kitty|alacritty|foot)/.test(env['TERM'] ?? '')
  return knows ? linked : unlinked
}
