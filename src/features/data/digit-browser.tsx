import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'wouter'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import type { RunId } from '../../domain/ids'
import { useLabels, useRuns, useTestPredictions } from '../../stores/queries'
import { IconButton } from '../../ui/button'
import { SelectField } from '../../ui/field'
import { formatCount } from '../../ui/format'
import { Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { Segmented } from '../../ui/segmented'
import { DigitDetail } from './digit-detail'
import { BLOCK, matchingIndices, type DigitFilter } from './digit-filter'
import { pageOf } from './digit-pages'
import { DigitWall } from './digit-wall'
import styles from './digit-wall.module.css'

const SPLITS = [
  { value: 'train', label: 'Training' },
  { value: 'test', label: 'Test' },
] as const
const CLASSES = [
  { value: 'all', label: 'All' },
  ...Array.from({ length: 10 }, (_, label) => ({ value: String(label), label: String(label) })),
]
const ANSWERS = [
  { value: 'all', label: 'All' },
  { value: 'right', label: 'Right' },
  { value: 'wrong', label: 'Wrong' },
] as const

/** What the address asks to see, and the way to ask for something else. */
function useBrowsing() {
  const [search, setSearch] = useSearchParams()
  const show = useCallback(
    (changes: Record<string, string | null>) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before)
          for (const [name, value] of Object.entries(changes))
            if (value === null) next.delete(name)
            else next.set(name, value)
          return next
        },
        { replace: true },
      ),
    [setSearch],
  )
  const wanted = search.get('class')
  const answers = search.get('answers')
  const digit = search.get('digit')
  return {
    split: search.get('split') === 'test' ? 'test' : 'train',
    label: wanted !== null && /^\d$/.test(wanted) ? Number(wanted) : null,
    answers: answers === 'right' || answers === 'wrong' ? answers : 'all',
    run: search.get('run'),
    digit: digit !== null && /^\d{1,7}$/.test(digit) ? Number(digit) : null,
    page: Number(search.get('page') ?? 1),
    show,
  } as const
}

/** The runs whose answers are known for every image of this dataset's test split. */
function useTestedRuns(dataset: DatasetRecord) {
  const runs = useRuns()
  return useMemo(
    () =>
      (runs ?? []).filter(
        ({ status, dataset: trained }) =>
          trained.digest === dataset.digest && (status.state === 'completed' || status.state === 'stopped'),
      ),
    [runs, dataset.digest],
  )
}

/** The digits themselves: split, class, answers, page and the digit looked at are in the address. */
export function DigitBrowser({ dataset }: { readonly dataset: DatasetRecord }) {
  const { split, label, answers, run, digit, page: wantedPage, show } = useBrowsing()
  const tested = useTestedRuns(dataset)
  const runId: RunId | null = tested.find(({ id }) => id === run)?.id ?? null
  const predictions = useTestPredictions(split === 'test' ? runId : null) ?? null
  const labels = useLabels(dataset.id, split)
  const filter: DigitFilter = useMemo(() => ({ label, answers }), [label, answers])
  const matching = useMemo(
    () => (labels ? matchingIndices(labels, predictions?.labels ?? null, filter) : null),
    [labels, predictions, filter],
  )
  const page = pageOf(matching?.length ?? 0, BLOCK, wantedPage)
  const chosen = digit === null || matching === null ? -1 : matching.indexOf(digit)

  const onBlock = useCallback(
    (block: number) => {
      const next = block === 0 ? null : String(block + 1)
      if (new URLSearchParams(window.location.search).get('page') !== next) show({ page: next })
    },
    [show],
  )

  return (
    <Panel
      title="Digits"
      note={
        matching === null
          ? ''
          : matching.length === 0
            ? 'None match'
            : `${formatCount(page.from + 1)}–${formatCount(page.to)} of ${formatCount(matching.length)}`
      }
      actions={
        <>
          <Segmented
            label="Split"
            value={split}
            options={SPLITS}
            onChange={(value) => show({ split: value === 'train' ? null : value, page: null, digit: null })}
          />
          <TurnButtons page={page.page} pages={page.pages} onTurn={(to) => show({ page: to })} />
        </>
      }
    >
      <Stack>
        <div className={styles['classes']}>
          <Segmented
            label="Class"
            value={label === null ? 'all' : String(label)}
            options={CLASSES}
            onChange={(value) => show({ class: value === 'all' ? null : value, page: null })}
          />
        </div>
        {split === 'test' && (
          <div className={styles['filters']}>
            <SelectField
              label="Answers of"
              value={runId ?? ''}
              options={[
                { value: '', label: tested.length === 0 ? 'No run was tested on these' : 'No run' },
                ...tested.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              onPick={(value) => show({ run: value === '' ? null : value, answers: null, page: null })}
            />
            {runId !== null && (
              <Segmented
                label="Answered"
                value={answers}
                options={ANSWERS}
                onChange={(value) => show({ answers: value === 'all' ? null : value, page: null })}
              />
            )}
          </div>
        )}
        {matching !== null && (
          <DigitWall
            // Other digits are another wall, which begins at its top.
            key={`${split} ${label} ${answers} ${runId}`}
            datasetId={dataset.id}
            split={split}
            indices={matching}
            answers={predictions?.labels ?? null}
            block={page.page - 1}
            chosen={chosen < 0 ? null : chosen}
            onChoose={(place) => show({ digit: String(matching[place] ?? 0) })}
            onBlock={onBlock}
          />
        )}
        {digit !== null && digit < dataset[split].profile.count && (
          <DigitDetail datasetId={dataset.id} split={split} index={digit} answers={predictions} />
        )}
      </Stack>
    </Panel>
  )
}

interface TurnButtonsProps {
  readonly page: number
  readonly pages: number
  readonly onTurn: (page: string | null) => void
}

function TurnButtons({ page, pages, onTurn }: TurnButtonsProps) {
  function turn(to: number) {
    onTurn(to <= 1 ? null : String(to))
  }
  return (
    <>
      <IconButton label="Previous page" disabled={page === 1} onClick={() => turn(page - 1)}>
        <ChevronLeft aria-hidden />
      </IconButton>
      <IconButton label="Next page" disabled={page === pages} onClick={() => turn(page + 1)}>
        <ChevronRight aria-hidden />
      </IconButton>
    </>
  )
}
