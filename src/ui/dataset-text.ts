import type { DatasetSource, SplitCut } from '../domain/dataset/dataset'
import { formatCount, formatPercent } from './format'

/** Where a dataset's pixels came from, in words. */
export function describeSource(source: DatasetSource): string {
  switch (source.kind) {
    case 'same-origin':
      return 'This site’s own copy'
    case 'mirror':
      return `Public mirror ${new URL(source.url).host}, checked against the published SHA-256`
    case 'folder':
      return `Folder ${source.path}`
    case 'files':
      return `Your ${source.format === 'parquet' ? 'Parquet' : 'IDX'} files: ${listed(source.names)}${cutText(source.cut)}`
    case 'url':
      return `Read by address: ${listed(source.urls)}${cutText(source.cut)}`
    case 'feedback':
      return `${formatCount(source.digits)} digits that were named by hand, added to a stored dataset`
    case 'built-in':
      return `Built-in generator ${source.generator}, seed ${formatCount(source.seed)}`
  }
}

/** Spark leaves hundreds of part files. */
function listed(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}

function cutText(cut: SplitCut | undefined): string {
  return cut === undefined
    ? ''
    : `; one split cut in two, ${formatPercent(cut.share, 0)} of each class for testing (seed ${cut.seed})`
}
