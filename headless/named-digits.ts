import { readFile } from 'node:fs/promises'
import * as z from 'zod/mini'
import { CLASS_COUNT } from '../src/domain/dataset/dataset'
import type { NamedDigit } from '../src/domain/dataset/with-feedback'
import { IMAGE_PIXELS, MNIST_PREPROCESS } from '../src/domain/image/preprocess'
import { reasonOf } from './files'
import { readNewData } from './new-data'
import { done, type Result, usage } from './problem'
import type { Job } from './stages'

/** What the page's Draw screen exports; what a retraining does not need of it may be missing. */
const feedbackFile = z.object({
  format: z.literal('mnist-studio-feedback-1'),
  items: z.array(
    z.object({
      label: z.int().check(z.gte(0), z.lt(CLASS_COUNT)),
      pixels: z.array(z.int().check(z.gte(0), z.lte(255))).check(z.length(IMAGE_PIXELS)),
    }),
  ),
})

/** The digits that a retraining adds: those of `--feedback` or of `--new-data`; none where neither is given. */
export async function readNamedDigits(job: Job): Promise<Result<readonly NamedDigit[]>> {
  const { feedback, newData } = job.line
  if (feedback !== null && newData !== null)
    return usage('bad-params', 'retrain takes --feedback or --new-data, found both. Leave one out.')
  if (feedback !== null) return readFeedback(feedback)
  return newData === null ? done([]) : readLabelled(newData, job)
}

async function readFeedback(file: string): Promise<Result<readonly NamedDigit[]>> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    return usage(
      'bad-input',
      `${file} could not be read as feedback (${reasonOf(error)}). Export it from the Draw screen of the studio.`,
    )
  }
  const parsed = z.safeParse(feedbackFile, json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const place = issue?.path.join('.') || 'its top'
    return usage(
      'bad-input',
      `${file} must be feedback of the studio: format mnist-studio-feedback-1, and items with a label from 0 to 9 and ${IMAGE_PIXELS} pixels from 0 to 255. At ${place}: ${issue?.message ?? 'not that'}. Export it again.`,
    )
  }
  if (parsed.data.items.length === 0)
    return usage('bad-input', `${file} must hold at least one named digit, found none.`)
  return done(parsed.data.items.map(({ label, pixels }) => ({ label, digit: Uint8Array.from(pixels) })))
}

async function readLabelled(
  path: string,
  { resolved, signal, progress }: Job,
): Promise<Result<readonly NamedDigit[]>> {
  const { normalize_mean: mean, normalize_std: std } = resolved.params.mnist
  const read = await readNewData({ path, preprocess: { ...MNIST_PREPROCESS, mean, std }, signal, progress })
  if (!read.ok) return read
  const { count, images, labels, kind } = read.value
  if (labels === null)
    return usage(
      'bad-input',
      `A retraining learns from labels, and ${path} has none (${kind}). Name labelled digits.`,
    )
  return done(
    Array.from({ length: count }, (_, index) => ({
      label: labels[index] ?? 0,
      digit: images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS),
    })),
  )
}
