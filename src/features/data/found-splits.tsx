import { useState, type FormEvent } from 'react'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { datasetTitle } from '../../domain/dataset/versions'
import { dropFound, keepFound, type SplitPreview, type SplitRoles } from '../../stores/ingest'
import { BarList } from '../../ui/bar-list'
import { Button } from '../../ui/button'
import { Digest } from '../../ui/digest'
import { DigitGrid } from '../../ui/digit-grid'
import { SelectField, TextField } from '../../ui/field'
import { Facts } from '../../ui/figures'
import { formatCount } from '../../ui/format'
import { Columns, Row, Stack } from '../../ui/layout'
import { Notice } from '../../ui/notice'
import { Panel } from '../../ui/panel'
import styles from './add-data.module.css'
import { missingFrom, usesOf, usualName, usualUse, type Use } from './split-roles'
import { parseWhole } from './whole-number'

interface FoundSplitsProps {
  readonly splits: readonly SplitPreview[]
  readonly problem: { readonly message: string } | null
  readonly stored: readonly DatasetRecord[]
}

/** What files hold, before anything is stored, and what is to become of it. */
export function FoundSplits({ splits, problem, stored }: FoundSplitsProps) {
  return (
    <Panel
      title="Found in the files"
      note="Nothing is stored yet"
      actions={<Button onClick={dropFound}>Discard</Button>}
    >
      <Stack>
        {problem !== null && (
          <Notice tone="failure" title="It was not stored; what was found is here still">
            <p>{problem.message}</p>
          </Notice>
        )}
        <Columns>
          {splits.map((split, index) => (
            <SplitCard key={index} split={split} place={splits.length > 1 ? index + 1 : null} />
          ))}
        </Columns>
        <KeepForm splits={splits} stored={stored} />
      </Stack>
    </Panel>
  )
}

const ROLE_NAMES = { train: 'Training split', test: 'Test split' } as const

function SplitCard({ split, place }: { readonly split: SplitPreview; readonly place: number | null }) {
  const { role, files, kind, count, classCounts, digest, sameAs, sample } = split
  const name = role === null ? 'A split' : ROLE_NAMES[role]
  const most = Math.max(1, ...(classCounts ?? []))
  const shown = sample.images.length / 784
  return (
    <div className={styles['split']}>
      <h3>{place === null ? name : `${place}. ${name}`}</h3>
      <Facts
        items={[
          {
            name: 'Files',
            value: files.length > 4 ? `${files[0]} and ${files.length - 1} more` : files.join(', '),
          },
          { name: 'Content', value: kind },
          { name: 'Images', value: formatCount(count) },
          {
            name: 'Digest',
            value: digest === null ? 'none without labels' : <Digest value={digest} what="Split digest" />,
          },
          {
            name: 'Known',
            value: sameAs === null ? 'no stored split has these digits' : `the same digits as ${sameAs}`,
          },
        ]}
      />
      <DigitGrid
        label={`The first ${shown} digits`}
        images={sample.images}
        captions={Array.from({ length: shown }, (_, index) =>
          sample.labels === null ? '?' : String(sample.labels[index]),
        )}
        reserve={shown}
        size={28}
      />
      {classCounts !== null && (
        <BarList
          label={`Images of each class in ${files.join(', ')}`}
          bars={classCounts.map((value, label) => ({
            label: String(label),
            share: value / most,
            value: formatCount(value),
          }))}
        />
      )}
    </div>
  )
}

const SHARE = { low: 1, high: 90 }
const SEED = { low: 0, high: 0xffffffff }

function KeepForm({ splits, stored }: Omit<FoundSplitsProps, 'problem'>) {
  const [use, setUse] = useState<Use>(usualUse(splits, stored))
  const [baseId, setBaseId] = useState<string>(stored[0]?.id ?? '')
  const [typed, setTyped] = useState<string | null>(null)
  const [cut, setCut] = useState({ share: '15', seed: '1' })
  const base = stored.find(({ id }) => id === baseId) ?? null
  const isBeside = use === 'test-beside' || use === 'train-beside'
  const name = typed ?? usualName(splits, use, base)
  const share = parseWhole('share for testing', cut.share, SHARE)
  const seed = parseWhole('seed', cut.seed, SEED)
  const missing = missingFrom(splits)
  const roles = rolesOf()

  function rolesOf(): SplitRoles | null {
    switch (use) {
      case 'pair':
        return { kind: 'pair', train: 0, test: 1 }
      case 'pair-swapped':
        return { kind: 'pair', train: 1, test: 0 }
      case 'test-beside':
        return base && { kind: 'beside', split: 0, as: 'test', base: base.id }
      case 'train-beside':
        return base && { kind: 'beside', split: 0, as: 'train', base: base.id }
      case 'cut':
        if (!share.ok || !seed.ok) return null
        return { kind: 'cut', split: 0, share: share.value / 100, seed: seed.value }
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    if (roles !== null && name.trim() !== '') keepFound(name.trim(), roles)
  }

  if (missing !== null)
    return (
      <Notice tone="caution" title="These files do not make a dataset yet">
        <p>{missing}</p>
      </Notice>
    )
  return (
    <form onSubmit={submit}>
      <Stack>
        <div className={styles['form']}>
          <SelectField
            label="Use as"
            value={use}
            options={usesOf(splits, stored)}
            onPick={(value) => setUse(value as Use)}
          />
          {isBeside && (
            <SelectField
              label="Stored dataset"
              value={baseId}
              options={stored.map((dataset) => ({
                value: dataset.id,
                label: datasetTitle(dataset, stored),
              }))}
              onPick={setBaseId}
            />
          )}
          {use === 'cut' && (
            <>
              <TextField
                label="For testing"
                unit="%"
                inputMode="numeric"
                value={cut.share}
                hint="Of every class"
                error={share.ok ? null : share.message}
                onChange={(event) => setCut({ ...cut, share: event.currentTarget.value })}
              />
              <TextField
                label="Seed of the cut"
                inputMode="numeric"
                value={cut.seed}
                hint="The same seed cuts the same"
                error={seed.ok ? null : seed.message}
                onChange={(event) => setCut({ ...cut, seed: event.currentTarget.value })}
              />
            </>
          )}
          <TextField
            label="Name"
            value={name}
            maxLength={100}
            hint="The same name becomes its next version"
            error={name.trim() === '' ? 'A dataset needs a name.' : null}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
        <Row>
          <Button type="submit" kind="primary" disabled={roles === null || name.trim() === ''}>
            Store as dataset
          </Button>
        </Row>
      </Stack>
    </form>
  )
}
