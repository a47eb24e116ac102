import { z } from 'zod'
import { usageError } from '../usage-error.ts'

const flagsSchema = z.object({
  in: z.array(z.string()).default([]),
  out: z.string().optional(),
  rule: z.string().optional(),
  fetch: z.boolean().default(false),
  yes: z.boolean().default(false),
  method: z.string().optional(),
  since: z.string().optional(),
  set: z.array(z.string()).default([]),
  compare: z.string().optional(),
  advice: z.boolean().default(true),
})

/** The options of `tocsin backtest` as they were typed. */
export type BacktestFlags = z.output<typeof flagsSchema>

/** @throws TocsinError E600 for options that do not go together. */
export function readFlags(options: unknown): BacktestFlags {
  const flags = flagsSchema.parse(options)
  const refuse = (what: string, fix: string): never => {
    throw usageError(what, fix, 'tocsin backtest')
  }
  if (flags.fetch && flags.in.length > 0) refuse('--fetch with --in', 'read the past from files, or from the sources: leave one of them out')
  if (flags.yes && !flags.fetch) refuse('--yes without --fetch', 'only what is fetched is paid for: add --fetch, or leave --yes out')
  if (flags.out === undefined) {
    if (flags.method !== undefined) refuse('--method without --out', 'a method scores files: add --out FOLDER, or leave --method out')
    return flags
  }
  if (flags.in.length === 0) refuse('--out without --in', 'name the files to score: --in FOLDER')
  if (flags.since !== undefined || flags.compare !== undefined) refuse(`${flags.since === undefined ? '--compare' : '--since'} with --out`, 'scores are of whole files, by one rule: leave one of them out')
  if (flags.rule === undefined && flags.set.length > 0) refuse('--set with --out, without --rule', 'name the rule that scores: --rule ec2.cpu')
  return flags
}
