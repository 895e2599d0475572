import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useMemo, type KeyboardEvent } from 'react'
import { useSearchParams } from 'wouter'
import type { DatasetRecord } from '../../domain/dataset/dataset'
import { useDigits, useLabels } from '../../stores/queries'
import { IconButton } from '../../ui/button'
import { DigitGrid } from '../../ui/digit-grid'
import { formatCount } from '../../ui/format'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { Segmented } from '../../ui/segmented'
import { matchingIndices, pageOf } from './digit-pages'

const PAGE = 120
const NO_DIGITS = new Uint8Array(0)
const SPLITS = [
  { value: 'train', label: 'Training' },
  { value: 'test', label: 'Test' },
] as const
const CLASSES = [
  { value: 'all', label: 'All' },
  ...Array.from({ length: 10 }, (_, label) => ({ value: String(label), label: String(label) })),
]

/** What the address asks to see, and the ways to ask for something else. */
function useBrowsing(dataset: DatasetRecord) {
  const [search, setSearch] = useSearchParams()
  const split = search.get('split') === 'test' ? 'test' : 'train'
  const wanted = search.get('class')
  const only = wanted !== null && /^\d$/.test(wanted) ? Number(wanted) : null
  const labels = useLabels(dataset.id, split)
  const matching = useMemo(() => (labels ? matchingIndices(labels, only) : null), [labels, only])
  const page = pageOf(matching?.length ?? 0, PAGE, Number(search.get('page') ?? 1))

  function show(changes: Record<string, string | null>) {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before)
        for (const [name, value] of Object.entries(changes))
          if (value === null) next.delete(name)
          else next.set(name, value)
        return next
      },
      { replace: true },
    )
  }

  function turn(by: number) {
    const target = Math.min(page.pages, Math.max(1, page.page + by))
    if (target !== page.page) show({ page: target === 1 ? null : String(target) })
  }

  return { split, only, matching, page, show, turn } as const
}

/** The digits themselves, page by page; split, class and page are in the address. */
export function DigitBrowser({ dataset }: { readonly dataset: DatasetRecord }) {
  const { split, only, matching, page, show, turn } = useBrowsing(dataset)
  const indices = useMemo(
    () => (matching === null ? [] : [...matching.subarray(page.from, page.to)]),
    [matching, page.from, page.to],
  )
  const digits = useDigits(dataset.id, split, indices)

  function onKey(event: KeyboardEvent) {
    if (event.key !== 'PageDown' && event.key !== 'PageUp') return
    event.preventDefault()
    turn(event.key === 'PageDown' ? 1 : -1)
  }

  const shown = digits ?? null
  return (
    <Panel
      title="Digits"
      note={`${formatCount(page.from + 1)}–${formatCount(page.to)} of ${formatCount(matching?.length ?? 0)}`}
      actions={
        <>
          <Segmented
            label="Split"
            value={split}
            options={SPLITS}
            onChange={(value) => show({ split: value === 'train' ? null : value, page: null })}
          />
          <IconButton label="Previous page" disabled={page.page === 1} onClick={() => turn(-1)}>
            <ChevronLeft aria-hidden />
          </IconButton>
          <IconButton label="Next page" disabled={page.page === page.pages} onClick={() => turn(1)}>
            <ChevronRight aria-hidden />
          </IconButton>
        </>
      }
    >
      <Stack>
        <Row>
          <Segmented
            label="Class"
            value={only === null ? 'all' : String(only)}
            options={CLASSES}
            onChange={(value) => show({ class: value === 'all' ? null : value, page: null })}
          />
        </Row>
        <div
          tabIndex={0}
          role="group"
          aria-label="Digits. Page Up and Page Down turn the page"
          onKeyDown={onKey}
        >
          <DigitGrid
            label={`Digits ${page.from + 1} to ${page.to} with their labels`}
            images={shown?.images ?? NO_DIGITS}
            captions={shown === null ? [] : Array.from(shown.labels, String)}
            reserve={PAGE}
          />
        </div>
      </Stack>
    </Panel>
  )
}
