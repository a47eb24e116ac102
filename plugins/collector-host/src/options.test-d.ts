// Compiled, never run: what must infer, and what must not compile.
import type { Rule } from '@tocsin/core'
import { host } from './host.ts'

declare const rule: <U extends 'percent' | 'seconds'>() => Rule<U>

host({ cpu: rule(), disk: rule() })
host({ ports: ['db:5432'], linkSpeed: '2.5Gbit', probeTimeout: '2s' }, { responseTime: rule() })
// @ts-expect-error not a metric
host({ cpuu: rule() })
// @ts-expect-error bytes are neither percent nor seconds
host({ networkIn: rule() })
// @ts-expect-error not an option
host({ mount: ['/'] }, {})
// @ts-expect-error not a speed
host({ linkSpeed: '1GB' }, {})
// @ts-expect-error a port is missing
host({ ports: ['db'] }, {})
// @ts-expect-error not a duration
host({ probeTimeout: 5 }, {})
