import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** Where in the conversation a server refuses. */
export type Stage = 'connect' | 'auth' | 'mail' | 'rcpt' | 'data'

/** Where a server breaks a connection off: `data` is at the first bytes of a message, `answer` when all of it has been taken. */
type Drop = Stage | 'answer'

export interface CapturedMail {
  /** As it came over the wire. */
  readonly raw: string
  readonly parsed: ParsedMail
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  /** The session was encrypted when the mail came. */
  readonly secure: boolean
  /** Who was logged in. */
  readonly user: string | undefined
}

export interface MailServer {
  readonly port: number
  readonly mails: CapturedMail[]
  /** How many connections were opened so far. */
  connections: number
  /** How many are open now. */
  open(): number
  /** Login attempts, name and password. */
  readonly logins: string[]
  /** Answers a stage with a reply from now on. `only` limits it to one recipient. Returns how to undo it. */
  refuse(stage: Stage, code: number, text: string, only?: string): () => void
  /** The text after the 250 that accepts a message. */
  accept(text: string): void
  /** Breaks every connection off, without a reply, the next time this is reached. */
  dropAt(stage: Drop): void
  close(): Promise<void>
}

/** A real SMTP server on loopback that keeps what it gets. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const refusals: { readonly stage: Stage; readonly code: number; readonly text: string; readonly only: string | undefined }[] = []
  let accepted = 'OK queued'
  let drop: Drop | undefined

  const reply = (stage: Stage, recipient?: string): Error | null => {
    const found = refusals.find((each) => each.stage === stage && (each.only === undefined || each.only === recipient))
    return found ? Object.assign(new Error(found.text), { responseCode: found.code }) : null
  }
  const dropped = (stage: Drop): boolean => {
    if (drop !== stage) return false
    drop = undefined
    for (const connection of smtp.connections) connection._socket.destroy()
    return true
  }

  const smtp: SMTPServer = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: options.key === undefined ? ['STARTTLS'] : [],
    ...options,
    onConnect(_session, done) {
      server.connections++
      if (!dropped('connect')) done(reply('connect'))
    },
    onAuth({ username, password }, _session, done) {
      server.logins.push(`${username}:${password}`)
      const refused = reply('auth')
      if (refused) done(refused)
      else done(null, { user: username })
    },
    onMailFrom(_address, _session, done) {
      if (!dropped('mail')) done(reply('mail'))
    },
    onRcptTo({ address }, _session, done) {
      if (!dropped('rcpt')) done(reply('rcpt', address))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      if (drop === 'data') stream.once('data', () => dropped('data'))
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const refused = reply('data')
        if (refused) return done(refused)
        const raw = Buffer.concat(chunks)
        const { mailFrom, rcptTo } = session.envelope
        server.mails.push({
          raw: raw.toString('utf8'),
          parsed: await simpleParser(raw),
          envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) },
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : undefined,
        })
        if (!dropped('answer')) done(null, accepted)
      })
    },
  })
  smtp.on('error', () => {})
  const listening = smtp.listen(0, '127.0.0.1')
  await once(listening, 'listening')

  const server: MailServer = {
    port: (listening.address() as AddressInfo).port,
    mails: [],
    connections: 0,
    logins: [],
    open: () => smtp.connections.size,
    refuse(stage, code, text, only) {
      const refusal = { stage, code, text, only }
      refusals.push(refusal)
      return () => void refusals.splice(refusals.indexOf(refusal), 1)
    },
    accept(text) {
      accepted = text
    },
    dropAt(stage) {
      drop = stage
    },
    async close() {
      for (const connection of smtp.connections) connection._socket.destroy()
      await new Promise<void>((resolve) => smtp.close(() => resolve()))
    },
  }
  return server
}
