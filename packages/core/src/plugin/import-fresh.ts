import { randomUUID } from 'node:crypto'
import { registerHooks } from 'node:module'

/**
 * Imports a module as it stands on disk now, together with the files that it imports by relative paths: a reload must see them all.
 * Packages stay as they were first loaded.
 */
export async function importFresh(url: string): Promise<unknown> {
  const version = `?${randomUUID()}`
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context)
      const isOwn = /^\.{1,2}\//.test(specifier) && context.parentURL?.endsWith(version) === true
      return isOwn ? { ...resolved, url: `${resolved.url}${version}` } : resolved
    },
  })
  try {
    return await import(`${url}${version}`)
  } finally {
    hooks.deregister()
  }
}
