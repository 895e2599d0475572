import { multiplyAdds } from '../../domain/model/counts'
import type { ListedRun } from '../../stores/queries'
import { formatCount } from '../../ui/format'
import { LayerTable } from '../../ui/layer-table'
import { Panel } from '../../ui/panel'

/** The network, layer by layer. */
export function ModelTab({ run }: { readonly run: ListedRun }) {
  return (
    <Panel
      title={run.spec.name}
      note={`${formatCount(run.parameterCount)} parameters, ${formatCount(multiplyAdds(run.spec))} multiply-adds an image`}
      flush
    >
      <LayerTable spec={run.spec} />
    </Panel>
  )
}
