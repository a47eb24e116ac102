import { z } from 'zod'

/** Options of every recorder that keeps its documents in a folder. */
export const folderOptions = z.object({
  folder: z.string().min(1).describe('The folder of the documents; made when it is missing, readable by its owner only. Recorders may share one.'),
  host: z
    .string()
    .regex(/^[A-Za-z\d][A-Za-z\d.-]{0,99}$/, 'a name of letters, digits, dots and dashes')
    .optional()
    .describe('What this machine is called in documents and their names. Default: its host name.'),
})
