export { anomaly, anomaly as default } from './anomaly.ts'
export type { AnomalyOptions, Sensitivity } from './options.ts'
export { anomalyScorer, scoreOf, type ScoringOptions } from './scorer.ts'
