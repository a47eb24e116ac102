import { explain, type Monitor, type Store } from '@tocsin/core'

export async function why(store: Store, monitor: Monitor, now: number): Promise<void> {
  const { answer, timeline, gaps } = await explain(store, monitor, { id: 'ec2.cpu/web-1', at: now - 3_600_000, now })
  console.log(answer.text)
  for (const { at, link, code, text } of timeline) console.log(new Date(at).toISOString(), link, code, text)
  for (const { text } of gaps) console.log(text)
}
