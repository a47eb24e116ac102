import type { AlertRecord } from '../model/alert.ts'
import type { Labels } from '../model/labels.ts'

/** The labels that silences and inhibitions match on: those of the alert, and its level as it is now. */
export const labelsNow = ({ subject, state }: AlertRecord): Labels => ({ ...subject.labels, level: state.level })
