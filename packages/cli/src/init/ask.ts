import { type CANCEL_SYMBOL, cancel, intro, isCancel, multiselect, text } from '@clack/prompts'
import type { AwsFound } from './aws-profile.ts'
import { type Choice, collectorEntry, collectorNames, needsRegions, notifierEntry, notifierNames } from './catalogue.ts'

/** What was given by flags. */
export type Given = { readonly [Key in keyof Choice]?: Choice[Key] | undefined }

/** Asks for what the flags left open. `undefined` when the person gave up. */
export async function ask(given: Given, name: string, aws: AwsFound): Promise<Choice | undefined> {
  intro(aws.credentials === undefined ? 'tocsin init' : `tocsin init · AWS credentials found: ${aws.credentials}`)
  try {
    const watch =
      given.watch ??
      answered(
        await multiselect({
          message: 'What shall be watched?',
          options: collectorNames.map((value) => ({ value, label: collectorEntry(value).label })),
          initialValues: aws.credentials === undefined ? ['host'] : ['host', 'ec2'],
          required: true,
        }),
      )
    const regions = given.regions ?? (needsRegions(watch) ? words(answered(await text({ message: 'In which AWS regions?', initialValue: aws.regions[0] ?? 'us-east-1', validate: someWord }))) : [])
    const notify =
      given.notify ??
      answered(
        await multiselect({
          message: 'Whom to tell?',
          options: notifierNames.map((value) => ({ value, label: notifierEntry(value).label })),
          initialValues: ['console'],
          required: true,
        }),
      )
    const channel = given.channel ?? (notify.includes('slack') ? answered(await text({ message: 'Which Slack channel?', initialValue: '#alerts', validate: someWord })) : undefined)
    const to = given.to ?? (notify.includes('email') ? words(answered(await text({ message: 'To which mail addresses?', placeholder: 'ops@your.company', validate: someWord }))) : [])
    return { name, watch, regions, notify, to, ...(channel === undefined ? {} : { channel }) }
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error
    cancel('nothing was written')
    return undefined
  }
}

class GaveUp extends Error {}

function answered<T>(answer: T | typeof CANCEL_SYMBOL): T {
  if (isCancel(answer)) throw new GaveUp()
  return answer
}

const words = (line: string): string[] => line.split(/[\s,]+/).filter((word) => word !== '')

const someWord = (line: string | undefined): string | undefined => (words(line ?? '').length > 0 ? undefined : 'something is needed here')
