import { acknowledgeAlert, addSilence, type Store } from '@tocsin/core'

export async function deploy(store: Store, now: number): Promise<void> {
  await addSilence(store, { matchers: 'tag_team="shop"', for: '20m', createdBy: 'deploy' }, { monitor: 'main', id: `deploy-${now}`, now })
  await acknowledgeAlert(store, { monitor: 'main', id: 'ec2.cpu/web-1' }, { by: 'deploy', comment: 'restarting it' }, now)
}
