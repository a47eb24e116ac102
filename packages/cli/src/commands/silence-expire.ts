import { expireSilence } from '@tocsin/core'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { eachId } from '../run/each-id.ts'
import { withState } from '../run/open-state.ts'
import { matcherSetsText, silenceId, silenceJson } from '../view/silence-words.ts'

/** `tocsin silence expire`: ends silences now. What they hid and still fires is told by the next pass. */
export function silenceExpire(invocation: Invocation): Promise<Outcome> {
  return withState(invocation, { readOnly: false }, async ({ monitor, store, now }) => {
    const { done, problems, exit } = await eachId(invocation.args, (id) => expireSilence(store, monitor.name, id, now))
    return {
      exit,
      data: { monitor: monitor.name, silences: done.map(silenceJson) },
      lines: done.map((silence) => `expired ${silenceId(silence)}: ${matcherSetsText(silence)}`),
      problems,
      next: 'tocsin alerts',
    }
  })
}
