// Compiled, never run: names in routes and reports complete from `notify`.
import { defineNotifier } from '../plugin/define-notifier.ts'
import { defineReport } from '../plugin/define-report.ts'
import { delivered } from '../plugin/delivery.ts'
import { defineMonitor } from './monitor.ts'

const pager = defineNotifier({ name: 'pager', create: () => ({ send: async () => delivered() }) })

const digest = defineReport({ name: 'digest', schedule: () => '0 8 * * *', period: (_options, at) => ({ from: at - 1, until: at, name: '' }), create: () => ({ compose: () => Promise.reject(new Error()) }) })

export default defineMonitor({ watch: [], notify: { ops: pager(), mail: pager() }, route: { warning: ['ops'], critical: ['ops', 'mail'] }, every: '5m' })
// @ts-expect-error no such notifier
defineMonitor({ watch: [], notify: { ops: pager() }, route: { critical: ['opss'] } })
// @ts-expect-error no such level
defineMonitor({ watch: [], notify: { ops: pager() }, route: { fatal: ['ops'] } })
// @ts-expect-error not a duration
defineMonitor({ watch: [], notify: {}, every: '5 minutes' })
// @ts-expect-error not a setting
defineMonitor({ watch: [], notify: {}, evry: '5m' })
defineMonitor({ watch: [], notify: { ops: pager(), mail: pager() }, reports: { week: digest({ to: ['mail', 'ops'], schedule: '0 9 * * 1' }) } })
// @ts-expect-error no such receiver
defineMonitor({ watch: [], notify: { ops: pager() }, reports: { week: digest({ to: ['opss'] }) } })
// @ts-expect-error nobody gets it
defineMonitor({ watch: [], notify: { ops: pager() }, reports: { week: digest({}) } })
