export type { Operator, ThresholdOptions } from './options.ts'
export { threshold, threshold as default } from './threshold.ts'
