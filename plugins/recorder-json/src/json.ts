import { defineRecorder, duration, folderOptions, folderProblems, folderRecorder } from '@tocsin/core'

const DAY = 86_400_000

/** Keeps each recording as one JSON document in a folder, for a time. */
export const json = defineRecorder({
  name: 'json',
  options: folderOptions.extend({
    keep: duration.refine((ms) => ms > 0, 'longer than "0s"').default(7 * DAY)
      .describe('How long documents are kept. Default `7d`. One that another recorder of the folder has still to take is kept until it has.'),
  }),
  check: ({ folder }) => folderProblems(folder),
  create: ({ keep, ...folder }) => folderRecorder({ ...folder, keep, claim: (monitor) => `json ${monitor}` }),
})
