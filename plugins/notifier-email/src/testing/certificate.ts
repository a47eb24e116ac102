import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate that nobody has signed, made by openssl in a new directory. */
export function selfSigned(names = 'DNS:localhost,IP:127.0.0.1'): { readonly key: Buffer; readonly cert: Buffer; readonly file: string; readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-mail-'))
  const [keyFile, file] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=tocsin-test',
      '-addext', `subjectAltName=${names}`, '-keyout', keyFile, '-out', file],
    { stdio: 'ignore' },
  )
  return { key: readFileSync(keyFile), cert: readFileSync(file), file, directory }
}
