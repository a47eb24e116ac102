import { type AlertRecord, type AlertSubject, composeMessage, type CycleResult, oneLine, type SourceFailure } from '@tocsin/core'
import { type Problem } from '../problem.ts'
import { failureProblems, sourceName } from '../run/trouble.ts'
import { changeLine } from './change-line.ts'

/** What a pass brought that the passes before it had not. */
export interface News {
  /** Changes of alerts, one line each. */
  readonly changes: readonly string[]
  /** Sources that fail now and did not before. */
  readonly failing: readonly Problem[]
  /** Sources that are read again. */
  readonly recovered: readonly string[]
  /** What a dry run kept back. */
  readonly keptBack: readonly string[]
}

/**
 * Tells what is new in each pass.
 *
 * @param active the alerts that were active before the first pass: the change that ends an alert names it by its fingerprint only.
 */
export function newsReader(active: readonly AlertRecord[], dryRun: boolean): (result: CycleResult) => News {
  let subjects = subjectsOf(active)
  let failing = new Set<string>()
  return ({ alerts, transitions, failures, notifications }) => {
    const known = new Map([...subjects, ...subjectsOf(alerts)])
    const before = failing
    failing = new Set(failures.map(failureName))
    subjects = subjectsOf(alerts)
    return {
      changes: transitions.map((transition) => changeLine(transition, known.get(transition.fingerprint))).filter((line) => line !== undefined),
      failing: failures.filter((failure) => !before.has(failureName(failure))).flatMap(failureProblems),
      recovered: [...before].filter((source) => !failing.has(source)).map((source) => `${source} is read again`),
      keptBack: dryRun ? notifications.map((notification) => `would tell ${oneLine(notification.receiver)}: ${oneLine(composeMessage(notification).title)}`) : [],
    }
  }
}

const subjectsOf = (alerts: readonly AlertRecord[]): Map<string, AlertSubject> => new Map(alerts.map(({ subject }) => [subject.fingerprint, subject]))

/** `ec2 prod us-west-2 (E201)`: another error of the same source is news. */
const failureName = (failure: SourceFailure): string => `${sourceName(failure)} (${failure.error.code})`
