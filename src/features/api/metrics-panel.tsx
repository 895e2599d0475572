import { useEffect, useState } from 'react'
import { callApi } from '../../stores/api-calls'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'
import { Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import styles from './api.module.css'

type Metrics =
  | { readonly state: 'loading' }
  | { readonly state: 'text'; readonly text: string }
  | { readonly state: 'failed'; readonly message: string }

/** What `/metrics` says, to read, to copy, to take along: no scraper reaches into a browser. */
export function MetricsPanel() {
  const [metrics, setMetrics] = useState<Metrics>({ state: 'loading' })
  const [reading, setReading] = useState(1)

  useEffect(() => {
    let left = false
    void readMetrics().then((read) => {
      if (!left) setMetrics(read)
    })
    return () => {
      left = true
    }
  }, [reading])

  const text = metrics.state === 'text' ? metrics.text : ''
  return (
    <Panel
      title="Metrics"
      note="Prometheus’ text format; counted since this page was opened"
      actions={
        <>
          <Button onClick={() => setReading(reading + 1)}>Read again</Button>
          <CopyButton label="Copy" text={text} done="Metrics copied" disabled={text === ''} />
          <Button disabled={text === ''} onClick={() => download(text)}>
            Download
          </Button>
        </>
      }
    >
      <Stack>
        {metrics.state === 'failed' && (
          <Notice tone="failure" title="There are no metrics">
            <p>{metrics.message}</p>
          </Notice>
        )}
        {metrics.state === 'text' && (
          <pre className={styles['text']} tabIndex={0} role="group" aria-label="Metrics">
            {text}
          </pre>
        )}
      </Stack>
    </Panel>
  )
}

async function readMetrics(): Promise<Metrics> {
  try {
    const { status, contentType, body } = await callApi('GET', '/metrics', null)
    if (status === 200 && contentType.includes('version=0.0.4')) return { state: 'text', text: body }
    return { state: 'failed', message: 'Something else than the API answered: reload the page.' }
  } catch (error) {
    return { state: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

function download(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = address
  link.download = 'metrics.prom'
  link.click()
  URL.revokeObjectURL(address)
}
