import { useState } from 'react'
import { Link } from 'wouter'
import { epochMillis } from '../../domain/ids'
import { aliasAt } from '../../domain/registry/aliases'
import type { RegistryEvent } from '../../domain/registry/records'
import { CHAMPION, STUDIO_MODEL } from '../../stores/model-name'
import { TextField } from '../../ui/field'
import { Panel } from '../../ui/panel'
import { modelsHref } from './models-address'
import styles from './models.module.css'

interface ProductionAtProps {
  readonly model: string
  readonly events: readonly RegistryEvent[]
}

/** Which version was in production at a time, by the history. */
export function ProductionAt({ model, events }: ProductionAtProps) {
  const [moment, setMoment] = useState('')
  const time = new Date(moment).getTime()
  return (
    <Panel title="In production at" note="answered by the history below">
      <div className={styles['moment']}>
        <TextField
          label="Date and time"
          hint="In your time zone; an event counts from its own second on"
          type="datetime-local"
          step={1}
          value={moment}
          onChange={(event) => setMoment(event.currentTarget.value)}
        />
      </div>
      <p role="status" className={styles['answer']}>
        {Number.isNaN(time) ? 'Choose a moment.' : <Answer model={model} events={events} time={time} />}
      </p>
    </Panel>
  )
}

function Answer({ model, events, time }: ProductionAtProps & { readonly time: number }) {
  // The field has no finer unit than the second it names, and the second counts whole.
  const found = aliasAt(events, model, CHAMPION, epochMillis(Math.max(0, time + 999)))
  if (found === null) return <>No version of {model} was in production then.</>
  const number = found.slice(found.lastIndexOf('/') + 1)
  const address = { model, version: number, stage: null, alias: null }
  return (
    <>
      The {CHAMPION} was <Link href={modelsHref(address, {}, STUDIO_MODEL)}>{found}</Link>.
    </>
  )
}
