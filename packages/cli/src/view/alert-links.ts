import type { AlertSubject, Resource } from '@tocsin/core'

/** A resource in the AWS console, where it has an ARN: the console itself finds the page for it. Nothing for others. */
export function consoleLink({ id }: Pick<Resource, 'id'>): { readonly link?: string } {
  const host = CONSOLES[/^arn:(aws[a-z-]*):/.exec(id)?.[1] ?? '']
  return host === undefined ? {} : { link: `https://${host}/go/view?arn=${encodeURIComponent(id)}` }
}

const CONSOLES: Readonly<Record<string, string>> = { aws: 'console.aws.amazon.com', 'aws-cn': 'console.amazonaws.cn', 'aws-us-gov': 'console.amazonaws-us-gov.com' }

/** The runbook of an alert, where its rule names one. */
export const runbookLink = ({ annotations: { runbook } }: Pick<AlertSubject, 'annotations'>): { readonly link?: string } => (runbook === undefined ? {} : { link: runbook })
