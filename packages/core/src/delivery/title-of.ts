import { composeTitle } from '../message/compose.ts'
import type { OutboxContent } from '../store/outbox.ts'

/** The first line of what a row of the outbox carries: `RED web-3 cpu 91%`, `report weekly: Week 34`. */
export const titleOf = ({ notification, report }: OutboxContent): string => (notification === undefined ? `report ${report.name}: ${report.period.name}` : composeTitle(notification))
