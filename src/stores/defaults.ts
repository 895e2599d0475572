import fileParams from '../../params.yaml'
import { presetNames } from '../domain/model/presets'
import { paramsFromUrl, type ParamLayer } from '../domain/params/layers'
import { resolveParams, type ParamsResolution } from '../domain/params/resolve'

/**
 * The page's parameters: params.yaml as it was built in, then the page's address (`?train.epochs=3`), then what the form says.
 * Problems come back by path, so that a screen can show each at its field.
 *
 * @param search `location.search`
 * @param form sections of keys, for example `{ train: { epochs: 3 } }`
 */
export function pageParams(search: string, form?: Readonly<Record<string, unknown>>): ParamsResolution {
  const layers: ParamLayer[] = [
    { origin: 'params.yaml', values: fileParams },
    paramsFromUrl(new URLSearchParams(search)),
  ]
  if (form !== undefined) layers.push({ origin: 'form', values: form })
  return resolveParams(layers, presetNames)
}
