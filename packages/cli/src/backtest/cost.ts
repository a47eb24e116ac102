import type { PastOffer } from '@tocsin/core'
import type { Shell } from '../shell.ts'
import { usageError } from '../usage-error.ts'

type Price = Pick<PastOffer, 'series' | 'calls' | 'dollars' | 'without'>

/** US dollars that are spent without a question, where somebody sees it. */
const SMALL_CHANGE = 0.05

const counted = (count: number, what: string): string => `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`

/** Dollars as people say them; what is not nothing is never shown as nothing. */
const priceOf = (dollars: number): string => (dollars > 0 && dollars < 0.005 ? 'less than $0.01' : `$${dollars.toFixed(2)}`)

/** What is about to be read and paid for, in words. */
function offerText({ series, calls, dollars, without }: Price): string {
  return [`reading ${series.toLocaleString('en-US')} series in ${counted(calls, 'call')}: ${priceOf(dollars)}`, ...without.map((name) => `${name} keeps no past`)].join('; ')
}

/**
 * Says what reading costs. Above small change it asks; where nobody can answer, `--yes` must have been typed.
 *
 * @throws TocsinError E600 when it is not agreed to.
 */
export async function agreeTo(offer: Price, { shell }: { readonly shell: Pick<Shell, 'stderr' | 'interactive'> }, yes: boolean, ask = askOnTerminal): Promise<void> {
  shell.stderr.write(`${offerText(offer)}\n`)
  if (yes || offer.dollars === 0 || (shell.interactive && offer.dollars <= SMALL_CHANGE)) return
  if (!shell.interactive) throw usageError(`reading costs ${priceOf(offer.dollars)}, and nobody is there to ask`, 'agree with --yes, or read less: --since 1d, --rule ec2.cpu', 'tocsin backtest')
  if (!(await ask(`Pay ${priceOf(offer.dollars)}?`))) throw usageError('nothing was read', 'read less: --since 1d, --rule ec2.cpu', 'tocsin backtest')
}

async function askOnTerminal(message: string): Promise<boolean> {
  const { confirm } = await import('@clack/prompts')
  return (await confirm({ message, initialValue: false })) === true
}
