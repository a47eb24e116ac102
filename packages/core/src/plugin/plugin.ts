import type { z } from 'zod'
import type { Metrics } from '../model/metric.ts'

/** The version of the plugin contracts. A plugin built for another major version is refused with E108. */
export const API_VERSION = 1

export type PluginKind = 'collector' | 'evaluator' | 'notifier' | 'recorder' | 'report'

/** What a plugin says of itself; carried by the function that `defineCollector` and its siblings return. */
export interface PluginInfo<Kind extends PluginKind = PluginKind> {
  readonly kind: Kind
  /** The name in `use:` and in messages. Lower case, dashes. */
  readonly name: string
  readonly apiVersion: number
  /** Schema of the options. Unknown keys are errors. */
  readonly options: z.ZodType
}

/** A plugin function with what it says of itself. Plugin packages export theirs as `default`. */
export interface CollectorPlugin {
  readonly plugin: PluginInfo<'collector'> & { metrics(options: never): Metrics }
}
export interface EvaluatorPlugin {
  readonly plugin: PluginInfo<'evaluator'>
}
export interface NotifierPlugin {
  readonly plugin: PluginInfo<'notifier'>
}
export interface RecorderPlugin {
  readonly plugin: PluginInfo<'recorder'>
}
export interface ReportPlugin {
  readonly plugin: PluginInfo<'report'>
}
