import type { z } from 'zod'
import type { TocsinError } from '../errors.ts'
import type { Letter } from '../model/letter.ts'
import type { Notification } from '../model/notification.ts'
import type { Secret } from '../secret.ts'
import type { CallSite } from './call-site.ts'
import type { Delivery } from './delivery.ts'
import type { Limit } from './limit.ts'
import type { Permission } from './permission.ts'
import type { NotifierPlugin } from './plugin.ts'
import type { Problem } from './rule.ts'
import type { Services } from './services.ts'

export interface SendContext extends Services {
  /** Aborted when the attempt's time is up or the runner stops. Pass it on. */
  readonly signal: AbortSignal
  /** The same for every attempt at one notification: hand it to the receiver wherever it can tell repeats apart. */
  readonly idempotencyKey: string
  /** The reference that the last delivered notification of the same thread returned: to update, to answer. */
  readonly previous?: string
  /** Starts at 1. */
  readonly attempt: number
}

export interface ProbeContext extends Services {
  /** Aborted when the time for it is up. Pass it on. */
  readonly signal: AbortSignal
}

/** Makes one attempt to tell somebody. Core alone retries. */
export interface Notifier {
  /** Resolves with what came of the attempt. A thrown error counts as retryable. */
  send(notification: Notification, context: SendContext): Promise<Delivery>
  /** Makes one attempt to send a report: the whole letter, or its short form. Given by notifiers whose `reports` is true. */
  sendReport?(letter: Letter, context: SendContext): Promise<Delivery>
  /**
   * Looks whether the receiver can be reached and takes these credentials, and tells nobody anything: `tocsin doctor` asks it. Where that
   * cannot be found out without a message, leave it out.
   *
   * Resolves as `send` does, `delivered` standing for a receiver that would take a message; its reference says in a few words what was found:
   * `tocsin in team Acme`.
   */
  probe?(context: ProbeContext): Promise<Delivery>
  /** Waits for nothing and frees what `create` opened. */
  close?(): Promise<void>
}

export interface NotifierSpec<Schema extends z.ZodType> {
  /** The name in `use:`. */
  readonly name: string
  /** Schema of the options. Use `secret()` for secrets: what it holds is kept out of every reason and log. */
  readonly options?: Schema
  /** How fast the receiver may be called. Default: 5 at once, no limit per second. */
  readonly limit?: Omit<Limit, 'key'>
  /** Whether its notifiers carry reports: have `sendReport`. Default false: naming one in a report's `to` is an error. */
  readonly reports?: boolean
  /**
   * What would keep it from working here: an environment variable that is missing or malformed, settings that contradict each other.
   * Offline, and opens nothing. Not part of composing a monitor, which must work on a machine without secrets: `tocsin check`,
   * `tocsin run` and `tocsin test-notify` ask it. Default: nothing is looked for.
   */
  check?(options: z.output<Schema>): readonly TocsinError[]
  /** What AWS must allow it with these options, as `CollectorSpec.permissions`. Default: nothing. */
  permissions?(options: z.output<Schema>): readonly Permission[]
  /** Called once per monitor. Opens nothing until `send` or `probe` is called. */
  create(options: z.output<Schema>): Notifier
}

/** Options of every notifier, whatever its kind. */
export interface NotifierOptions {
  /** Tell the end of what was told. Default true. */
  readonly sendResolved?: boolean
}

/** What a monitor's `notify` holds: a way to tell somebody, made but not yet opened. */
export interface Channel {
  /** The plugin's name. */
  readonly use: string
  readonly sendResolved: boolean
  readonly limit: Omit<Limit, 'key'>
  /** Whether it carries reports. */
  readonly reports: boolean
  /** Everything in the options that must never be shown. */
  readonly secrets: readonly Secret[]
  readonly problems: readonly Problem[]
  /** Where in the configuration it was written, when that is known. */
  readonly site?: CallSite
  /** What would keep it from working on this machine, by `NotifierSpec.check`. Empty while `problems` is not. */
  check(): readonly TocsinError[]
  /** What AWS must allow, by `NotifierSpec.permissions`. Empty while `problems` is not. */
  permissions(): readonly Permission[]
  open(): Notifier
}

/** What `defineNotifier` returns: call it to name somebody who can be told. */
export type NotifierFactory<Input> = NotifierPlugin &
  ({} extends Input ? (options?: Input & NotifierOptions) => Channel : (options: Input & NotifierOptions) => Channel)
