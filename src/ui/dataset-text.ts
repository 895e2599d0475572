import type { DatasetSource } from '../domain/dataset/dataset'
import { formatCount } from './format'

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
      return `Your ${source.format === 'parquet' ? 'Parquet' : 'IDX'} files: ${source.names.join(', ')}`
    case 'url':
      return `Read by address: ${source.urls.join(', ')}`
    case 'feedback':
      return `${formatCount(source.digits)} digits that were named by hand, added to a stored dataset`
    case 'built-in':
      return `Built-in generator ${source.generator}, seed ${formatCount(source.seed)}`
  }
}
