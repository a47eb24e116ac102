import { z } from 'zod'

/** Options of every recorder that keeps its documents in a folder. */
export const folderOptions = z.object({
  /** The folder of the documents; made when it is missing, readable by its owner only. Recorders may share one. */
  folder: z.string().min(1),
  /** What this machine is called in documents and their names. Default: its host name. */
  host: z
    .string()
    .regex(/^[A-Za-z\d][A-Za-z\d.-]{0,99}$/, 'a name of letters, digits, dots and dashes')
    .optional(),
})
