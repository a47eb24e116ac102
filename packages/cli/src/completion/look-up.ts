import { activeAlerts, levelWord, listSilences, oneLine } from '@tocsin/core'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import { withState } from '../run/open-state.ts'
import { shortId } from '../view/change-line.ts'
import { metricOf } from '../view/cycle-rows.ts'
import { messageId } from '../view/message-words.ts'
import { matcherSetsText, silenceId } from '../view/silence-words.ts'
import type { Candidate, Known } from './candidates.ts'

/** What the configuration or the store holds by that name. Nothing where they cannot be read: completion never complains. */
export async function lookUp(known: Known, invocation: Invocation): Promise<readonly Candidate[]> {
  try {
    return await LOOKS[known](invocation)
  } catch {
    return []
  }
}

const LOOKS: Readonly<Record<Known, (invocation: Invocation) => Promise<readonly Candidate[]>>> = {
  alerts: (invocation) =>
    withState(invocation, { readOnly: true }, async ({ store, monitor }) =>
      (await activeAlerts(store, monitor.name)).map(({ subject, state }) => ({ value: shortId(subject.fingerprint), about: oneLine(`${levelWord(state.level)} ${subject.resource.name} ${metricOf(subject)}`) })),
    ),
  silences: (invocation) =>
    withState(invocation, { readOnly: true }, async ({ store, monitor, now }) => (await listSilences(store, monitor.name, { states: ['active', 'pending'] }, now)).map(({ silence }) => ({ value: silenceId(silence), about: matcherSetsText(silence) }))),
  messages: (invocation) =>
    withState(invocation, { readOnly: true }, async ({ store, monitor }) =>
      (await store.transaction((tx) => tx.outbox.list(monitor.name))).filter(({ status }) => status !== 'delivered' && status !== 'dropped').map((row) => ({ value: messageId(row), about: oneLine(`${row.status} ${row.receiver}`) })),
    ),
  async collectors(invocation) {
    const { monitor } = await loadConfigured(invocation)
    return [...new Set(monitor.watch.map(({ collector }) => collector))].map((value) => ({ value, about: '' }))
  },
  async receivers(invocation) {
    const { monitor } = await loadConfigured(invocation)
    return Object.entries(monitor.notify).map(([value, { use }]) => ({ value, about: use }))
  },
}
