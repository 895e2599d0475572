import type { Picture } from '../../src/domain/image/picture'
import { SessionError } from './serve'

/** Pixels of the longer side at most: a digit that fills a tenth of a photo is still four times what the model sees. */
const LONGEST = 800

/**
 * Decodes the first frame of a picture file with the browser's own decoder, upright, its colours as they are, smaller where it is
 * large. The header has been looked at before.
 *
 * @throws SessionError 'bad-input' where the file is damaged
 */
export async function decodePicture(bytes: Uint8Array<ArrayBuffer>): Promise<Picture> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: 'none' })
  } catch {
    throw new SessionError(
      'bad-input',
      'The picture could not be decoded: its file is damaged or cut off. Save or copy it again.',
    )
  }
  try {
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height))
    const width = Math.max(1, Math.round(bitmap.width * scale))
    const height = Math.max(1, Math.round(bitmap.height * scale))
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
    if (context === null)
      throw new SessionError('unsupported', 'This browser gives workers no canvas to decode pictures with.')
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, 0, 0, width, height)
    return { width, height, rgba: context.getImageData(0, 0, width, height).data }
  } finally {
    bitmap.close()
  }
}
