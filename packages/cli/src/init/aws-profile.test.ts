import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { scratch } from '../testing/cli.ts'
import { findAws } from './aws-profile.ts'

const CONFIG = `# comment
[default]
region = eu-central-1
s3 =
  region = us-gov-west-1
[profile prod]
region=us-west-2
[sso-session corp]
region = ap-south-1
[profile dev]
output = json
`

async function home(): Promise<string> {
  const folder = await scratch()
  await mkdir(join(folder, '.aws'))
  await writeFile(join(folder, '.aws/config'), CONFIG)
  await writeFile(join(folder, '.aws/credentials'), '[legacy]\naws_access_key_id = AKIAEXAMPLE\n')
  return folder
}

it.each([
  [{}, { credentials: 'profile default', regions: ['eu-central-1', 'us-west-2'] }],
  [{ AWS_PROFILE: 'prod' }, { credentials: 'profile prod', regions: ['us-west-2', 'eu-central-1'] }],
  [{ AWS_PROFILE: 'legacy' }, { credentials: 'profile legacy', regions: ['eu-central-1', 'us-west-2'] }],
  [{ AWS_PROFILE: 'missing' }, { regions: ['eu-central-1', 'us-west-2'] }],
  [{ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_REGION: 'sa-east-1' }, { credentials: 'the environment', regions: ['sa-east-1', 'eu-central-1', 'us-west-2'] }],
  [{ AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }, { credentials: 'a web identity', regions: ['eu-central-1', 'us-west-2'] }],
])('with %j finds %j', async (env, found) => {
  expect(await findAws({ HOME: await home(), ...env })).toEqual(found)
})

it('finds nothing where there is nothing', async () => {
  expect(await findAws({ HOME: await scratch() })).toEqual({ regions: [] })
})
