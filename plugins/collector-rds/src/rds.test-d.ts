// Compiled, never run: names and units of the metrics reach the rules.
import { threshold } from '@tocsin/evaluator-threshold'
import { rds } from './index.ts'

rds({ regions: ['us-west-2'] }, { cpu: threshold({ critical: '80%' }), freeStorage: threshold({ critical: '10GB' }), replicaLag: threshold({ critical: '1m' }) })
rds({ connections: threshold({ warning: 100 }) })
// @ts-expect-error not a metric
rds({ cpuu: threshold({ critical: 80 }) })
// @ts-expect-error bytes take no percent
rds({ freeStorage: threshold({ critical: '10%' }) })
// @ts-expect-error not an option
rds({ region: 'us-west-2' }, {})
