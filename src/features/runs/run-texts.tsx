import { Link } from 'wouter'
import type { ListedRun } from '../../stores/queries'
import { Row } from '../../ui/layout'
import styles from './runs.module.css'
import { tagText } from '../../domain/registry/tags'

/** What a person wrote about the run, and what the run was a step of. */
export function RunTexts({ run }: { readonly run: ListedRun }) {
  const tags = Object.entries(run.tags)
  const { origin } = run
  if (tags.length === 0 && run.note === '' && run.archivedAt === null && origin === undefined) return null
  return (
    <div className={styles['texts']}>
      {(tags.length > 0 || run.archivedAt !== null || origin !== undefined) && (
        <Row>
          {run.archivedAt !== null && <span className={styles['mark']}>archived</span>}
          {origin?.kind === 'search' && (
            <Link href={`/runs/search/${origin.searchId}`}>Trial {origin.trial + 1} of a search</Link>
          )}
          {origin?.kind === 'retraining' && <span>Trained by a retraining</span>}
          {origin?.kind === 'pipeline' && <span>Trained by the pipeline</span>}
          {tags.map(([key, value]) => (
            <Link
              key={key}
              className={styles['tag'] ?? ''}
              href={`/runs?filter=${encodeURIComponent(tagFilter(key, value))}`}
              title="Runs with this tag"
            >
              {tagText(key, value)}
            </Link>
          ))}
        </Row>
      )}
      {run.note !== '' && <p className={styles['written']}>{run.note}</p>}
    </div>
  )
}

function tagFilter(key: string, value: string): string {
  return `tags.\`${key}\` = '${value.replaceAll("'", "''")}'`
}
