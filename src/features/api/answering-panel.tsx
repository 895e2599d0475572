import { parseVersionId } from '../../domain/ids'
import type { Alias, ModelVersion } from '../../domain/registry/records'
import { networkName } from '../../domain/registry/versions'
import type { useServed } from '../../stores/queries'
import { chooseServed } from '../../stores/serving'
import { SelectField } from '../../ui/field'
import { Facts } from '../../ui/figures'
import { formatCount, formatPercent, NO_VALUE } from '../../ui/format'
import { Columns } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { showToast } from '../../ui/toasts'

interface AnsweringPanelProps {
  readonly versions: readonly ModelVersion[]
  readonly aliases: readonly Alias[]
  readonly served: NonNullable<ReturnType<typeof useServed>>
}

/** Which version answers, and the choice of another. */
export function AnsweringPanel({ versions, aliases, served }: AnsweringPanelProps) {
  const { choice, versionId } = served
  const version = versions.find(({ id }) => id === versionId)
  const value = choice.kind === 'alias' ? `alias:${choice.alias}` : `version:${choice.versionId}`
  const numberOf = new Map(versions.map(({ id, version: number }) => [id, number]))
  const options = [
    ...aliases.map(({ alias, versionId: id }) => ({
      value: `alias:${alias}`,
      label: `${alias} (version ${numberOf.get(id) ?? '?'})`,
    })),
    ...versions.map(({ id, version: number }) => ({ value: `version:${id}`, label: `Version ${number}` })),
  ]
  const known = options.some((option) => option.value === value)
  return (
    <Panel
      title="What answers"
      note="Requests of any page of this studio in this browser; programs outside it ask npm run studio -- serve"
    >
      <Columns>
        <SelectField
          label="Version that answers"
          hint="An alias is followed: another version takes over without a gap."
          value={value}
          options={known ? options : [{ value, label: `${nameOf(choice)} (none)` }, ...options]}
          onPick={(picked) => void choose(picked)}
        />
        <Facts
          items={[
            { name: 'Version', value: version?.id ?? versionId ?? NO_VALUE },
            { name: 'Network', value: version === undefined ? NO_VALUE : networkName(version.network) },
            {
              name: 'Parameters',
              value: version === undefined ? NO_VALUE : formatCount(version.parameterCount),
            },
            {
              name: 'Test accuracy',
              value: version?.evaluation ? formatPercent(version.evaluation.accuracy) : NO_VALUE,
            },
          ]}
        />
      </Columns>
    </Panel>
  )
}

function nameOf(choice: AnsweringPanelProps['served']['choice']): string {
  return choice.kind === 'alias' ? choice.alias : choice.versionId
}

async function choose(picked: string): Promise<void> {
  const at = picked.indexOf(':')
  const name = picked.slice(at + 1)
  const error = await chooseServed(
    picked.startsWith('alias:')
      ? { kind: 'alias', alias: name }
      : { kind: 'version', versionId: parseVersionId(name) },
  )
  if (error !== null) showToast({ title: 'The version could not be chosen', note: error.message })
}
