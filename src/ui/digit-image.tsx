import { useEffect, useRef } from 'react'
import { classNames } from './class-names'
import { digitPixels } from './digit-pixels'
import styles from './digits.module.css'

interface DigitImageProps {
  /** 784 bytes, or null for empty paper. */
  readonly image: Uint8Array | null
  readonly label: string
  readonly className?: string | undefined
}

/** One digit as the model sees it: 28 × 28 square pixels. */
export function DigitImage({ image, label, className }: DigitImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null)

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, 28, 28)
    if (image === null) return
    const { width, height, rgba } = digitPixels(image, 1)
    context.putImageData(new ImageData(rgba, width, height), 0, 0)
  }, [image])

  return (
    <div className={classNames(styles['paper'], styles['pixelated'], styles['single'], className)}>
      <canvas ref={canvas} width={28} height={28} role="img" aria-label={label} />
    </div>
  )
}
