import type { DocumentName } from '@tocsin/core'

/** `<prefix>/date=2026-01-05/host=web-1/120500.000Z_main_3f2a9c1e.json`: date and host are columns to Athena, Glue and Spark. */
export function objectKey({ day, host, time, monitor, hash }: DocumentName, prefix: string): string {
  return `${prefix === '' ? '' : `${prefix}/`}date=${day}/host=${host}/${time}_${monitor}_${hash}.json`
}
