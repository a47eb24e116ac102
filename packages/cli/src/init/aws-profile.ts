import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What this machine says about AWS, without asking AWS. Never a secret: only where one is, and regions. */
export interface AwsFound {
  /** Where credentials are: `the environment`, `profile prod`. Absent when none were found. */
  readonly credentials?: string
  /** Regions, the likeliest first. */
  readonly regions: readonly string[]
}

/** Profiles of an AWS file by name, with the keys that are safe to know. */
type Profiles = ReadonlyMap<string, { readonly region?: string }>

/** Looks for credentials and regions where the AWS SDK looks for them. */
export async function findAws(env: NodeJS.ProcessEnv): Promise<AwsFound> {
  const home = join(env['HOME'] ?? homedir(), '.aws')
  const config = profilesIn(await text(env['AWS_CONFIG_FILE'] ?? join(home, 'config')))
  const secret = profilesIn(await text(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, 'credentials')))
  const chosen = env['AWS_PROFILE'] ?? 'default'
  const credentials = sourceOf(env, chosen, config, secret)
  const regions = [env['AWS_REGION'], env['AWS_DEFAULT_REGION'], config.get(chosen)?.region, ...[...config.values()].map(({ region }) => region)]
  return {
    ...(credentials === undefined ? {} : { credentials }),
    regions: [...new Set(regions.filter((region) => region !== undefined && region !== ''))].filter((region) => region !== undefined),
  }
}

function sourceOf(env: NodeJS.ProcessEnv, chosen: string, config: Profiles, secret: Profiles): string | undefined {
  if (env['AWS_ACCESS_KEY_ID']) return 'the environment'
  if (env['AWS_WEB_IDENTITY_TOKEN_FILE']) return 'a web identity'
  if (env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ?? env['AWS_CONTAINER_CREDENTIALS_FULL_URI']) return 'the container'
  return config.has(chosen) || secret.has(chosen) ? `profile ${chosen}` : undefined
}

function profilesIn(ini: string): Profiles {
  const profiles = new Map<string, { region?: string }>()
  let current: { region?: string } | undefined
  for (const line of ini.split(/\r?\n/)) {
    const section = /^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line)?.[1]
    if (section !== undefined) {
      // Sections such as `sso-session x` are no profiles.
      current = /\s/.test(section) ? undefined : {}
      if (current !== undefined) profiles.set(section, current)
      continue
    }
    // An indented line belongs to a nested setting.
    const region = /^region\s*=\s*(\S+)/.exec(line)?.[1]
    if (region !== undefined && current !== undefined) current.region = region
  }
  return profiles
}

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
