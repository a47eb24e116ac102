import { explain as explainAlert, type Explanation } from '@tocsin/core'
import { z } from 'zod'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { withState } from '../run/open-state.ts'
import { instantOf } from '../time-options.ts'
import { usageError } from '../usage-error.ts'
import { shortId } from '../view/change-line.ts'
import { explainedJson, explainedLines } from '../view/explained.ts'

const explainOptions = z.object({ at: z.string().optional() })

/** `tocsin explain`: why somebody was told of an alert, or was not. */
export function explain(invocation: Invocation): Promise<Outcome> {
  const { at: time } = explainOptions.parse(invocation.options)
  const { paint, args } = invocation
  const [id = ''] = args
  return withState(invocation, { readOnly: true }, async ({ monitor, store, now }) => {
    const { timeZone } = monitor
    const at = time === undefined ? now : instantOf('--at', time, { now, timeZone, past: true })
    if (at > now) throw usageError(`--at cannot be "${time}", which is to come`, 'name a time that has passed', 'tocsin explain')
    const explanation = await explainAlert(store, monitor, { id, at, now })
    return {
      exit: EXIT.fine,
      data: explainedJson(explanation),
      lines: explainedLines(explanation, { timeZone, paint }),
      notes: explanation.gaps.map(({ text }) => text),
      next: nextOf(explanation),
    }
  })
}

/** What may help most. */
function nextOf({ alert, answer, fingerprint }: Explanation): string {
  if (answer.code === 'undelivered') return 'tocsin outbox list'
  const taken = answer.receivers.some(({ silent }) => silent.code === 'acknowledged')
  return alert !== undefined && alert.state.level !== 'none' && !taken ? `tocsin ack ${shortId(fingerprint)}` : 'tocsin alerts'
}
