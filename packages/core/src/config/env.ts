import { TocsinError } from '../errors.ts'

/**
 * The value of an environment variable, for configurations in TypeScript: `webhook({ url: env('WEBHOOK_URL') })`.
 *
 * @throws TocsinError E109, naming the variable, when it is not set or empty. `loadMonitor` adds the line that asks for it.
 */
export function env(name: string): string {
  const value = process.env[name]
  if (value !== undefined && value !== '') return value
  const error = new TocsinError('E109', `environment variable ${name} is ${value === '' ? 'empty' : 'not set'}`, { fix: `set it: export ${name}=...`, permanent: true })
  // The trace begins where the variable is asked for: that is the place to show.
  Error.captureStackTrace(error, env)
  throw error
}
