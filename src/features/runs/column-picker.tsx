import { useState } from 'react'
import { Button } from '../../ui/button'
import { CheckList } from '../../ui/check-list'
import { TextField } from '../../ui/field'
import { Row, Stack } from '../../ui/layout'
import { Panel } from '../../ui/panel'
import { fieldTitle } from './metric-text'
import { DEFAULT_COLUMNS } from './run-view'

interface ColumnPickerProps {
  readonly fields: readonly string[]
  readonly chosen: readonly string[]
  readonly onChoose: (columns: readonly string[]) => void
}

const GROUPS = [
  { entity: 'metrics', title: 'Metrics' },
  { entity: 'params', title: 'Parameters' },
  { entity: 'tags', title: 'Tags' },
  { entity: 'attributes', title: 'Attributes' },
  { entity: 'datasets', title: 'Dataset' },
] as const

/** Which facts of the runs are columns, in the order they were chosen. */
export function ColumnPicker({ fields, chosen, onChoose }: ColumnPickerProps) {
  const [wanted, setWanted] = useState('')
  const found = fields.filter((field) => labelOf(field).toLowerCase().includes(wanted.trim().toLowerCase()))
  return (
    <Panel
      title="Columns"
      note={`${chosen.length} chosen`}
      actions={<Button onClick={() => onChoose(DEFAULT_COLUMNS)}>As at first</Button>}
    >
      <Stack>
        <Row>
          <TextField
            label="Find a column"
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
        </Row>
        {GROUPS.map(({ entity, title }) => {
          const options = found
            .filter((field) => field.startsWith(`${entity}.`))
            .map((value) => ({ value, label: labelOf(value) }))
          return (
            options.length > 0 && (
              <CheckList
                key={entity}
                label={title}
                options={options}
                chosen={chosen}
                onChoose={(field, on) =>
                  onChoose(on ? [...chosen, field] : chosen.filter((column) => column !== field))
                }
              />
            )
          )
        })}
      </Stack>
    </Panel>
  )
}

/** The title where there is one, else the key without its entity, under whose heading it stands. */
function labelOf(field: string): string {
  const title = fieldTitle(field)
  return title === field ? field.slice(field.indexOf('.') + 1) : title
}
