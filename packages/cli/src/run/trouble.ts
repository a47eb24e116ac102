import { type CycleResult, type DeliveryReport, oneLine, type RecordReport, type SourceFailure } from '@tocsin/core'
import { type Problem, problemsOf } from '../problem.ts'
import { placeOf } from '../view/cycle-rows.ts'

/** What went wrong in a cycle: sources that could not be read, recordings that were not kept, messages that did not arrive. */
export function troubles({ failures, deliveries, recordings }: Pick<CycleResult, 'failures' | 'deliveries' | 'recordings'>): Problem[] {
  return [...failures.flatMap(failureProblems), ...recordings.flatMap(recordingProblems), ...undelivered(deliveries).map(deliveryProblem)]
}

export function failureProblems({ collector, scope, error }: SourceFailure): Problem[] {
  return problemsOf(error).map((problem) => ({ ...problem, where: problem.where ?? sourceName({ collector, scope }) }))
}

const recordingProblems = ({ recorder, error }: RecordReport): Problem[] => (error === undefined ? [] : problemsOf(error).map((problem) => ({ ...problem, where: problem.where ?? `record.${oneLine(recorder)}` })))

/** `ec2 prod us-west-2`, `host networkUtilization`: what could not be read. */
export const sourceName = ({ collector, scope }: Pick<SourceFailure, 'collector' | 'scope'>): string =>
  [oneLine(collector), placeOf(scope), ...(scope.metrics ?? []).map(oneLine)].filter((part) => part !== '').join(' ')

/** The last attempt at each message, where it did not arrive. */
function undelivered(reports: readonly DeliveryReport[]): DeliveryReport[] {
  const last = new Map(reports.map((report) => [JSON.stringify([report.receiver, report.key]), report]))
  return [...last.values()].filter(({ result }) => result.outcome !== 'delivered')
}

export function deliveryProblem({ receiver, result, title, givenUp }: DeliveryReport): Problem {
  const said = result.outcome === 'delivered' ? '' : oneLine(result.reason)
  const name = oneLine(receiver)
  return {
    code: result.outcome === 'permanent' ? 'E301' : 'E300',
    what: `${name} was not told "${oneLine(title)}": ${said}`,
    where: `notify.${name}`,
    fix: givenUp ? `repair the channel, then: tocsin test-notify ${name}` : 'it is tried again while "tocsin run" runs',
  }
}
