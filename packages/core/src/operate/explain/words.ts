import type { Health, Phase } from '../../model/alert.ts'
import type { DecisionReason, TransitionKind } from '../../model/transition.ts'
import type { GroupDecision } from '../../routing/plan.ts'
import type { RouteReason } from '../../routing/route-tree.ts'
import type { DeliveryCode, NothingToTellReason } from './explanation.ts'

/** Why an alert changed. */
export const REASON_WORDS: Readonly<Record<DecisionReason, string>> = {
  enoughHot: 'enough of the newest points are hot',
  tooFewHot: 'too few of the newest points are hot',
  presentHot: 'some points are missing, and enough of those that are there are hot',
  hotSinceLong: 'some points are missing, and those that are there have been hot for long enough',
  hotTooYoung: 'some points are missing, and those that are there have not been hot for long enough to decide',
  allMissing: 'no point of the evaluation range is there',
  missingIgnored: 'missing points change nothing, by the rule',
  missingBreaches: 'missing points count as hot, by the rule',
  missingDoesNotBreach: 'missing points count as well, by the rule',
  rangeNotFull: 'the evaluation range was not yet watched to its full length',
  forElapsed: 'the breach has lasted for as long as the rule asks',
  keepFiringForElapsed: 'it has been well for as long as the rule asks',
  provisionalBreach: 'a point that may still change is hot: it starts the clock and does not fire',
  pointArrived: 'a point arrived after none was known',
  changesTooOften: 'its level changes too often',
  changesSeldom: 'its level changes seldom again',
  flappingOff: 'flap detection was switched off',
  outage: 'nobody watched for longer than the outage tolerance',
  person: 'somebody said so',
  episodeOver: 'the episode that it was said of is over',
  levelRose: 'the level rose',
  critical: 'it rose to critical',
  elapsed: 'its time has passed',
  snoozeEnded: 'the snooze beside it is over',
  resourceGone: 'the resource is gone',
  ruleRemoved: 'it is no longer watched',
  monitorRenamed: 'it is watched under another name now',
}

/** What happened to an alert. `RED` and its like stand behind those that lead to a level. */
export const KIND_WORDS: Readonly<Record<TransitionKind, string>> = {
  pending: 'is hot, not yet for long enough to fire',
  fired: 'fires as',
  refired: 'fires again, soon after its last end, as',
  escalated: 'rises to',
  deescalated: 'falls to',
  recovering: 'is well, not yet for long enough to end',
  relapsed: 'is hot again before it ended: the same episode goes on',
  resolved: 'ends',
  dropped: 'is well again before it fired',
  noData: 'is without data, and held as it is',
  dataBack: 'has data again',
  flapStart: 'flaps: it is held back until it is steady',
  flapEnd: 'is steady again',
  acknowledged: 'is taken on',
  unacknowledged: 'is given back',
  snoozed: 'is snoozed',
  unsnoozed: 'is no longer snoozed',
}

/** Which rule decided about a group. */
export const DECISION_WORDS: Readonly<Record<GroupDecision['decision'], string>> = {
  first: 'the first message of its group',
  new: 'something fires, or rose, that it did not know of',
  flapStart: 'an alert began to flap',
  flapEnd: 'an alert is steady again',
  allResolved: 'all of the group has ended',
  someResolved: 'some of the group has ended',
  repeat: 'it still fires, and the repeat is due',
  step: 'a step of the escalation is due',
  nothing: 'nothing is new to it',
  waiting: 'its group is looked at later',
  acknowledged: 'a repeat was due, and somebody has taken every alert of the group on',
  receiverRemoved: 'it is not in the configuration any more',
}

/** Why a route has an alert. */
export const ROUTE_WORDS: Readonly<Record<RouteReason, string>> = {
  matched: 'its conditions hold',
  noChildMatched: 'its conditions hold, and those of no route below it',
  root: 'it has what no other route takes',
}

/** Whether an alert can be judged. */
export const HEALTH_WORDS: Readonly<Record<Health, string>> = {
  ok: 'the newest point',
  warmingUp: 'warming up: nothing is decided yet',
  noData: 'no data: held as it is',
  error: 'its source cannot be read: held as it is, all clocks stand still',
  paused: 'paused by its rule: held as it is',
}

/** Where an alert is in its life. The level stands behind those that have one. */
export const PHASE_WORDS: Readonly<Record<Phase, string>> = { inactive: 'well', pending: 'hot, not yet for long enough', firing: 'firing', recovering: 'well, not yet for long enough, still' }

/** What came of a message, or of an attempt to send it. */
export const DELIVERY_WORDS: Readonly<Record<DeliveryCode, string>> = {
  delivered: 'delivered',
  retryable: 'failed, to be tried again',
  permanent: 'refused for good',
  uncertain: 'its process ended before the answer came: nobody knows whether it arrived',
  queued: 'queued, not yet tried',
  underWay: 'being sent',
  givenUp: 'given up',
  dropped: 'dropped by a person',
  forgotten: 'whether it arrived is not kept any more',
}

/** Why nobody could be told. */
export const NOTHING_WORDS: Readonly<Record<NothingToTellReason, string>> = {
  neverHot: 'it was never hot',
  forNotElapsed: 'it is hot, and has not been for long enough to fire',
  recoveredInTime: 'it was well again before it had been hot for long enough to fire',
  noReceiver: 'its route tells nobody, by the present configuration',
  notLookedAt: 'no decision about it is stored yet: nobody is told before the first good evaluation after a start',
  forgotten: 'what was decided then is not kept any more',
}
