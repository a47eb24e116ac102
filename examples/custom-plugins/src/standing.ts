import { defineReport, oneLine } from '@tocsin/core'

const DAY = 86_400_000
const WORDS = { critical: 'RED', warning: 'AMBER', none: 'OK' } as const
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Lists every morning (UTC) what still fires, worst first; 25 lines at most, the rest is counted. */
export const standing = defineReport({
  name: 'standing',
  schedule: () => '0 7 * * *',
  period: (_options, at) => ({ from: at - (at % DAY) - DAY, until: at - (at % DAY), name: new Date(at - (at % DAY) - DAY).toISOString().slice(0, 10) }),
  create: () => ({
    async compose({ name }, { past, monitor }) {
      const alerts = await past.alerts()
      const firing = (['critical', 'warning'] as const).flatMap((level) => alerts.filter(({ state }) => state.level === level))
      const lines = firing.slice(0, 25).map(({ subject, state }) => oneLine(`${WORDS[state.level]} ${subject.resource.name} ${subject.metric} (${state.reason})`))
      const subject = oneLine(`${name}: ${firing.length === 0 ? 'all is green' : `${firing.length} fire`} · ${monitor.name}`)
      const more = firing.length > lines.length ? [`and ${firing.length - lines.length} more`] : []
      const html = `<!doctype html><html lang="en"><title>${escaped(subject)}</title><p>${[subject, ...lines, ...more].map(escaped).join('<br>')}</p></html>`
      return { subject, html, text: [subject, ...lines, ...more].join('\n'), images: [], short: { title: subject, summary: more[0] ?? subject, facts: [], lines } }
    },
  }),
})

export default standing
