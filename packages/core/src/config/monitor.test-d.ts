// Compiled, never run: route names complete from `notify`.
import { defineNotifier } from '../plugin/define-notifier.ts'
import { delivered } from '../plugin/delivery.ts'
import { defineMonitor } from './monitor.ts'

const pager = defineNotifier({ name: 'pager', create: () => ({ send: async () => delivered() }) })

export default defineMonitor({ watch: [], notify: { ops: pager(), mail: pager() }, route: { warning: ['ops'], critical: ['ops', 'mail'] }, every: '5m' })
// @ts-expect-error no such notifier
defineMonitor({ watch: [], notify: { ops: pager() }, route: { critical: ['opss'] } })
// @ts-expect-error no such level
defineMonitor({ watch: [], notify: { ops: pager() }, route: { fatal: ['ops'] } })
// @ts-expect-error not a duration
defineMonitor({ watch: [], notify: {}, every: '5 minutes' })
// @ts-expect-error not a setting
defineMonitor({ watch: [], notify: {}, evry: '5m' })
