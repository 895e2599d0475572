import { useSearchParams } from 'wouter'
import { CHAMPION, STUDIO_MODEL } from '../../stores/model-name'
import { useAliases, useModels, useRegistryEvents, useVersions } from '../../stores/queries'
import { LinkButton } from '../../ui/button'
import { Columns, Stack } from '../../ui/layout'
import { EmptyState } from '../../ui/notice'
import { AliasForm } from './alias-form'
import { BundleImport } from './bundle-import'
import { EventList } from './event-list'
import { GatePanel } from './gate-panel'
import { ModelBar } from './model-bar'
import { readAddress } from './models-address'
import { ProductionAt } from './production-at'
import { ServicePanel } from './service-panel'
import { VersionDetail } from './version-detail'
import { VersionTable } from './version-table'
import { WordsPanel } from './words-panel'

/** The registered models: their versions, which one is in use, whether it may be, and who decided so. */
export function ModelsScreen() {
  const [search] = useSearchParams()
  const address = readAddress(search, STUDIO_MODEL)
  const models = useModels()
  const versions = useVersions(address.model)
  const aliases = useAliases(address.model)
  const events = useRegistryEvents(address.model)
  if (models === undefined || versions === undefined || aliases === undefined || events === undefined)
    return null
  const champion = aliases.find(({ alias }) => alias === CHAMPION)?.versionId
  const shown =
    versions.find(({ version }) => String(version) === address.version) ??
    versions.find(({ id }) => id === champion) ??
    versions[0]
  if (shown === undefined)
    return (
      <Stack>
        {models.length > 0 && <ModelBar models={models} address={address} />}
        <EmptyState
          title="No model registered yet"
          action={
            <LinkButton href="/train" kind="primary">
              Train a model
            </LinkButton>
          }
        >
          The registry keeps versions of {address.model}: each with its weights, its figures and where it came
          from. The first run that ends becomes version 1 by itself; any later run can be registered from its
          page.
        </EmptyState>
        <BundleImport model={address.model} />
      </Stack>
    )
  return (
    <Stack>
      <ModelBar models={models} address={address} />
      <VersionTable versions={versions} aliases={aliases} selected={shown.id} address={address} />
      <Columns>
        <VersionDetail version={shown} aliases={aliases} />
        <GatePanel key={shown.id} version={shown} />
      </Columns>
      <Columns>
        <ServicePanel key={`service ${shown.id}`} version={shown} champion={champion} events={events} />
        <AliasForm key={`alias ${shown.id}`} version={shown} aliases={aliases} />
        <WordsPanel key={`words ${shown.id}`} version={shown} />
      </Columns>
      <BundleImport model={address.model} />
      <ProductionAt model={address.model} events={events} />
      <EventList events={events} />
    </Stack>
  )
}
