/** Something whose answer is waited for. */
export type Target =
  | { readonly name: string; readonly kind: 'http'; readonly url: URL }
  | { readonly name: string; readonly kind: 'tcp'; readonly host: string; readonly port: number }

/** Named without user, password and query: a name is shown to everybody, and those may hold secrets. */
export function urlTarget(text: string): Target {
  const url = new URL(text)
  return { name: `${url.origin}${url.pathname}`, kind: 'http', url }
}

/** The target of `host:port` or `[::1]:port`, or `undefined`. */
export function portTarget(text: string): Target | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host !== undefined && port >= 1 && port <= 65_535 ? { name: text, kind: 'tcp', host, port } : undefined
}
