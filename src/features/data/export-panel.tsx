import { useEffect, useRef, useState } from 'react'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { labelShares } from '../../domain/dataset/label-shares'
import { exportSplit } from '../../stores/dataset-export'
import { Button } from '../../ui/button'
import { downloadFile } from '../../ui/download'
import { formatCount } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import { Progress } from '../../ui/progress'
import styles from './add-data.module.css'

interface Writing {
  readonly file: string
  readonly done: number
  readonly total: number | null
}

/** The reference pipeline's three files of a dataset. */
export function ExportPanel({ dataset }: { readonly dataset: DatasetRecord }) {
  const [writing, setWriting] = useState<Writing | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const stop = useRef<AbortController | null>(null)

  useEffect(() => () => stop.current?.abort(), [])

  async function write(split: 'train' | 'test') {
    const file = `${split}.parquet`
    const ending = new AbortController()
    stop.current = ending
    setProblem(null)
    setWriting({ file, done: 0, total: null })
    const written = await exportSplit(
      dataset.id,
      split,
      ({ done, total }) => setWriting({ file, done, total }),
      ending.signal,
    )
    setWriting(null)
    if (written.ok) downloadFile(file, 'application/vnd.apache.parquet', written.value)
    else if (written.error.code !== 'stopped') setProblem(written.error.message)
  }

  return (
    <Panel title="Export">
      <Stack>
        <p className={styles['note']}>
          The reference pipeline’s files: normalised doubles with label, height and width, and the share of
          each class in the training split.
        </p>
        <Row>
          <Button disabled={writing !== null} onClick={() => void write('train')}>
            train.parquet
          </Button>
          <Button disabled={writing !== null} onClick={() => void write('test')}>
            test.parquet
          </Button>
          <Button
            onClick={() =>
              downloadFile(
                'baseline_distribution.json',
                'application/json',
                `${JSON.stringify(labelShares(dataset.train.profile), null, 2)}\n`,
              )
            }
          >
            baseline_distribution.json
          </Button>
          {writing !== null && <Button onClick={() => stop.current?.abort()}>Stop</Button>}
        </Row>
        {writing !== null && (
          <Progress
            label={`Writing ${writing.file}`}
            share={writing.total === null ? null : writing.done / writing.total}
            figures={
              writing.total === null
                ? ''
                : `${formatCount(writing.done)} of ${formatCount(writing.total)} images`
            }
          />
        )}
        {problem !== null && (
          <Notice tone="failure" title="The file was not written">
            <p>{problem}</p>
          </Notice>
        )}
      </Stack>
    </Panel>
  )
}
