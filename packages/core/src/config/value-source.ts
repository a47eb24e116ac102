import type { Permission } from '../plugin/permission.ts'
import type { Services } from '../plugin/services.ts'

/**
 * Where the values of placeholders such as `${ssm:/path}` come from. Core knows no such place itself: a package brings it as an entry of its
 * `valueSources`, by the word before the colon.
 */
export interface ValueSource {
  /**
   * The value of one name. Called once for each name and load, all names of a load at once.
   *
   * @throws TocsinError without a place: core adds the line that asks for the value. Neither its message nor its cause holds a value.
   */
  read(name: string, context: ValueContext): Promise<string>
  /** What must be allowed for that. Offline, like {@link Permission} of plugins; nothing for a name that `read` refuses. */
  permissions(name: string): readonly Permission[]
}

/** What a load lends to its sources. */
export interface ValueContext {
  /** Of this load alone: what is shared through them is shared by its values, and closed when it ends. */
  readonly services: Services
  /** Aborts when the time for values is up. */
  readonly signal: AbortSignal
}

export type ValueSources = Readonly<Record<string, ValueSource>>

/** A value that a load asked for elsewhere. */
export interface AskedValue {
  /** As placeholders name it: `ssm:/tocsin/slack-token`. */
  readonly value: string
  readonly permissions: readonly Permission[]
}
