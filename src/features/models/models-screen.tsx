import { useSearchParams } from 'wouter'
import { CHAMPION, STUDIO_MODEL } from '../../stores/model-name'
import { useAliases, useRegistryEvents, useVersions } from '../../stores/queries'
import { LinkButton } from '../../ui/button'
import { Columns, Stack } from '../../ui/layout'
import { EmptyState } from '../../ui/notice'
import { AliasForm } from './alias-form'
import { BundleImport } from './bundle-import'
import { EventList } from './event-list'
import { VersionDetail } from './version-detail'
import { VersionTable } from './version-table'

/** The registered model: its versions, which one is in use, and who decided so. */
export function ModelsScreen() {
  const versions = useVersions(STUDIO_MODEL)
  const aliases = useAliases(STUDIO_MODEL)
  const events = useRegistryEvents(STUDIO_MODEL)
  const [search] = useSearchParams()
  if (versions === undefined || aliases === undefined || events === undefined) return null
  const champion = aliases.find(({ alias }) => alias === CHAMPION)?.versionId
  const shown =
    versions.find(({ version }) => String(version) === search.get('version')) ??
    versions.find(({ id }) => id === champion) ??
    versions[0]
  if (shown === undefined)
    return (
      <Stack>
        <EmptyState
          title="No model registered yet"
          action={
            <LinkButton href="/train" kind="primary">
              Train a model
            </LinkButton>
          }
        >
          The registry keeps versions of {STUDIO_MODEL}: each with its weights, its figures and where it came
          from. The first run that ends becomes version 1 by itself; any later run can be registered from its
          page.
        </EmptyState>
        <BundleImport model={STUDIO_MODEL} />
      </Stack>
    )
  return (
    <Stack>
      <VersionTable versions={versions} aliases={aliases} selected={shown.id} />
      <Columns>
        <VersionDetail version={shown} aliases={aliases} />
        <AliasForm key={shown.id} version={shown} aliases={aliases} />
      </Columns>
      <BundleImport model={STUDIO_MODEL} />
      <EventList events={events} />
    </Stack>
  )
}
