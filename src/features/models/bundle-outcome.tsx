import { modelName } from '../../domain/ids'
import type { ImportReport } from '../../stores/bundle'
import type { Decision } from '../../stores/decision'
import { LinkButton } from '../../ui/button'
import { formatCount, formatPercent } from '../../ui/format'
import { Notice } from '../../ui/notice'

/** What an import has come to, in one message. */
export function ImportOutcome({ outcome }: { readonly outcome: Decision<ImportReport> }) {
  if (!outcome.ok)
    return (
      <Notice tone="failure" title="Nothing was imported; what was stored before is untouched">
        <p>{outcome.error.message}</p>
      </Notice>
    )
  const { versionId, already, golden, sample, warning } = outcome.value
  const number = versionId.slice(modelName(versionId).length + 1)
  return (
    <Notice
      tone={warning === null ? 'good' : 'caution'}
      title={
        already ? `This model is registered already, as version ${number}` : `Imported as version ${number}`
      }
      actions={<LinkButton href={`/models?version=${number}`}>Show version {number}</LinkButton>}
    >
      {golden !== null && (
        <p>
          It answered its {formatCount(golden.count)} golden digits as it did where it was made: logits at
          most {golden.largestDifference.toExponential(1)} apart.
        </p>
      )}
      {sample !== null && (
        <p>
          Here it reads {formatPercent(sample.correct / sample.count)} of {formatCount(sample.count)} test
          digits of {sample.dataset}.
        </p>
      )}
      {sample === null && <p>No test digits to measure it on are stored here.</p>}
      {warning !== null && <p>{warning}</p>}
    </Notice>
  )
}
