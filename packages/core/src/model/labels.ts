/** Names and values. */
export type Labels = Readonly<Record<string, string>>
