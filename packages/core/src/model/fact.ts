/** A name and a value for people to read. */
export interface Fact {
  readonly name: string
  readonly value: string
}
