/** Names and values that identify an alert and that routes match on. */
export type Labels = Readonly<Record<string, string>>
