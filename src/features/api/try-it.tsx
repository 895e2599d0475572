import { useId, useState } from 'react'
import { useSearchParams } from 'wouter'
import type { Route } from '../../domain/serving/routes'
import { type ApiResult, callApi } from '../../stores/api-calls'
import { useChosenDataset, useDigits } from '../../stores/queries'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'
import { DigitImage } from '../../ui/digit-image'
import { SelectField, TextField } from '../../ui/field'
import { formatCount, formatMilliseconds } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import styles from './api.module.css'
import {
  asCurl,
  asFetch,
  asPython,
  bodyFor,
  filledPath,
  routeByKey,
  routeKey,
  shownBody,
  TRIABLE,
} from './requests'

interface TryItProps {
  readonly model: string
  /** Null while none answers. */
  readonly version: number | null
}

const ROUTE_OPTIONS = TRIABLE.map((route) => ({ value: routeKey(route), label: routeKey(route) }))
const BLANK = new Uint8Array(784)

type Sent =
  | { readonly state: 'nothing' }
  | { readonly state: 'under-way' }
  | { readonly state: 'answered'; readonly result: ApiResult }
  | { readonly state: 'failed'; readonly message: string }

/** A console: choose an endpoint and a digit, see and change what is sent, send it. */
export function TryIt({ model, version }: TryItProps) {
  const [search, setSearch] = useSearchParams()
  const route = routeByKey(search.get('endpoint'))
  const path = filledPath(route, model, version)
  const [index, setIndex] = useState('0')
  const [edited, setEdited] = useState<string | null>(null)
  const [sent, setSent] = useState<Sent>({ state: 'nothing' })
  const digit = useTestDigit(index)
  const body = edited ?? bodyFor(route, digit.image ?? BLANK)

  async function send(): Promise<void> {
    setSent({ state: 'under-way' })
    try {
      setSent({ state: 'answered', result: await callApi(route.method, path, body) })
    } catch (error) {
      setSent({ state: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  }

  return (
    <div className={styles['console']}>
      <Panel title="Request">
        <Stack>
          <SelectField
            label="Endpoint"
            value={routeKey(route)}
            options={ROUTE_OPTIONS}
            hint={route.summary}
            onPick={(endpoint) => {
              setEdited(null)
              setSearch({ tab: 'try', endpoint }, { replace: true })
            }}
          />
          {body !== null && (
            <>
              <DigitPicker
                index={index}
                digit={digit}
                onIndex={(next) => {
                  setIndex(next)
                  setEdited(null)
                }}
              />
              <BodyField body={body} onBody={setEdited} />
            </>
          )}
          <Row>
            <Button kind="primary" disabled={sent.state === 'under-way'} onClick={() => void send()}>
              Send
            </Button>
            <CopyAs route={route} path={path} body={body} />
          </Row>
        </Stack>
      </Panel>
      <Panel title="Answer">
        <Answer sent={sent} />
      </Panel>
    </div>
  )
}

interface TestDigit {
  readonly image: Uint8Array | null
  readonly label: number | null
  /** What can be asked for, or what is wrong with what was. */
  readonly hint: string
  readonly error: string | null
}

/** A digit of the stored test split by its number. */
function useTestDigit(text: string): TestDigit {
  const dataset = useChosenDataset() ?? null
  const count = dataset?.test.profile.count ?? 0
  const wanted = Number(text)
  const valid = /^\d+$/.test(text) && wanted < count
  const digits = useDigits(dataset?.id ?? null, 'test', valid ? [wanted] : [])
  if (dataset === null)
    return {
      image: null,
      label: null,
      hint: 'A blank image is sent until a dataset is there: load one on the Data screen.',
      error: null,
    }
  const range = `0 to ${formatCount(count - 1)}`
  return {
    image: valid && digits ? digits.images : null,
    label: valid && digits ? (digits.labels[0] ?? null) : null,
    hint: `Of ${dataset.name}, ${range}`,
    error: valid ? null : `A whole number from ${range}.`,
  }
}

interface DigitPickerProps {
  readonly index: string
  readonly digit: TestDigit
  readonly onIndex: (index: string) => void
}

function DigitPicker({ index, digit, onIndex }: DigitPickerProps) {
  const { image, label, hint, error } = digit
  return (
    <div className={styles['digit']}>
      <DigitImage
        className={styles['preview']}
        image={image}
        label={label === null ? 'No digit' : `A ${label}`}
      />
      <TextField
        label="Test digit"
        inputMode="numeric"
        autoComplete="off"
        value={index}
        hint={label === null ? hint : `${hint}; labelled ${label}`}
        error={error}
        onChange={(event) => onIndex(event.currentTarget.value)}
      />
    </div>
  )
}

function BodyField({ body, onBody }: { readonly body: string; readonly onBody: (body: string) => void }) {
  const id = useId()
  return (
    <div>
      <label className={styles['label']} htmlFor={id}>
        Body
      </label>
      <textarea
        id={id}
        className={styles['body']}
        rows={12}
        spellCheck={false}
        value={body}
        onChange={(event) => onBody(event.currentTarget.value)}
      />
    </div>
  )
}

interface CopyAsProps {
  readonly route: Route
  readonly path: string
  readonly body: string | null
}

function CopyAs({ route: { method }, path, body }: CopyAsProps) {
  const server = 'It asks the studio’s server: npm run studio -- serve.'
  return (
    <>
      <CopyButton
        label="Copy as fetch"
        text={asFetch(method, path, body)}
        done="Copied as fetch"
        note="For the console of a page of this studio."
      />
      <CopyButton
        label="Copy as curl"
        text={asCurl(method, path, body)}
        done="Copied as curl"
        note={server}
      />
      <CopyButton
        label="Copy as Python"
        text={asPython(method, path, body)}
        done="Copied as Python"
        note={server}
      />
    </>
  )
}

function Answer({ sent }: { readonly sent: Sent }) {
  switch (sent.state) {
    case 'nothing':
      return <span className={styles['quiet']}>Send a request to see its answer here.</span>
    case 'under-way':
      return (
        <span className={styles['quiet']} role="status">
          Waiting for the answer
        </span>
      )
    case 'failed':
      return (
        <Notice tone="failure" title="Nothing answered">
          <p>{sent.message}</p>
        </Notice>
      )
    case 'answered': {
      const { status, contentType, body, milliseconds } = sent.result
      return (
        <Stack>
          <span role="status">
            <strong>{status}</strong> in {formatMilliseconds(milliseconds)}{' '}
            <span className={styles['quiet']}>{contentType}</span>
          </span>
          <pre className={styles['text']} tabIndex={0} role="group" aria-label="Answer">
            {shownBody(body, contentType)}
          </pre>
        </Stack>
      )
    }
  }
}
