/** Getting credentials failed, before any call was made. */
export class CredentialsFailure extends Error {
  override readonly name = 'CredentialsFailure'
  readonly roleArn: string | undefined

  constructor(cause: unknown, roleArn: string | undefined) {
    super('no credentials', { cause })
    this.roleArn = roleArn
  }
}
