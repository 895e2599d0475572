import type { DatasetRecord } from '../../domain/dataset/dataset'
import type { ParamsResolution } from '../../domain/params/resolve'
import { useRuns } from '../../stores/queries'
import { formatCount, formatDuration } from '../../ui/format'
import { resultOf } from '../../ui/run-text'
import { imagesToLearn } from './recipe'

interface EffortProps {
  readonly resolution: ParamsResolution
  readonly dataset: DatasetRecord
}

/** What a run will cost: images for sure, time only where a run of this preset was measured on this machine. */
export function Effort({ resolution, dataset }: EffortProps) {
  const runs = useRuns()
  if (!resolution.ok) return <span>Mend the marked fields first.</span>
  const { train } = resolution.params
  const images = imagesToLearn(train, dataset.train.profile.count)
  if (images === 0)
    return <span>The training images do not fill one batch: choose a smaller batch or a larger dataset.</span>
  const measured = runs
    ?.filter((run) => run.params.preset === train.preset)
    .map((run) => resultOf(run)?.imagesPerSecond ?? 0)
    .find((rate) => rate > 0)
  return (
    <span>
      {formatCount(images)} images to learn from
      {measured === undefined
        ? '; the speed is measured in the first seconds'
        : `, about ${formatDuration(images / measured)} at the speed of the last such run`}
    </span>
  )
}
