export const ALERTS = 20_000
export const GROUPS = 1_000
/** Each process is given this many waves, each of other alerts in other groups. */
export const WAVES = 2
/** How long a new group waits for more alerts, on both sides. */
export const GROUP_WAIT = '1s'
/** Tags become labels with this prefix. */
export const GROUP_LABEL = 'tag_service'
