import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
export const exists = (path: string): boolean => statSync(join(ROOT, path), { throwIfNoEntry: false }) !== undefined
const folders = (path: string): string[] => readdirSync(join(ROOT, path), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.') ? [`${path}/${entry.name}`] : []))

export const PLUGINS = folders('plugins')
export const PACKAGES = folders('packages')
export const EXAMPLES = folders('examples')

/** Every TypeScript file below a folder, relative to the root. */
export function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.') ? [] : sources(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
}

export const isTest = (path: string): boolean => /\.test(-d)?\.ts$|\/testing\//.test(path)

/** What a file imports, static and dynamic, in the words of its source. */
export function imports(path: string): string[] {
  return [...read(path).matchAll(/(?:\bfrom|\bimport\()\s*'([^']+)'|^import '([^']+)'/gm)].map(([, from, bare]) => from ?? bare ?? '')
}

/** The name of the package that an import names: `@a/b/c` gives `@a/b`. */
export const packageOf = (specifier: string): string => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')

/** Every document of the root, the packages, the plugins and the examples. */
export function documents(): string[] {
  return ['.', ...PACKAGES, ...PLUGINS, ...EXAMPLES].flatMap((folder) => readdirSync(join(ROOT, folder)).flatMap((name) => (name.endsWith('.md') ? [folder === '.' ? name : `${folder}/${name}`] : [])))
}
