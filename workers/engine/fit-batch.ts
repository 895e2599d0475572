import { OutOfMemoryError } from './contract'

/** Below this, a smaller batch frees next to nothing. */
const LEAST_BATCH = 8

/**
 * Makes something for a batch, and where memory is too short for it for half of it, down to 8.
 *
 * @returns what was made, and in words what became of the batch asked for
 * @throws whatever `make` throws; OutOfMemoryError when even the smallest batch does not fit
 */
export async function fitBatch<Made>(
  asked: number,
  make: (batch: number) => Promise<Made>,
): Promise<{ readonly made: Made; readonly notes: readonly string[] }> {
  for (let batch = asked; ; batch = Math.max(LEAST_BATCH, Math.floor(batch / 2)))
    try {
      const made = await make(batch)
      return { made, notes: batch === asked ? [] : [noteOf(asked, batch)] }
    } catch (error) {
      if (!(error instanceof OutOfMemoryError) || batch <= LEAST_BATCH) throw error
    }
}

function noteOf(asked: number, batch: number): string {
  return `Batches of ${batch} images instead of ${asked}: there is not enough memory for more.`
}
