import fileParams from '../../params.yaml'
import { MNIST_PREPROCESS, type Preprocess } from '../domain/image/preprocess'
import { presetNames } from '../domain/model/presets'
import { paramsFromUrl, type ParamLayer } from '../domain/params/layers'
import { preprocessOf } from '../domain/params/preprocess'
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

/** Of the page's parameters; the screens show what is wrong with them, and MNIST's own figures hold until it is put right. */
export function pagePreprocess(): Preprocess {
  const resolution = pageParams(window.location.search)
  return resolution.ok ? preprocessOf(resolution.params.mnist) : MNIST_PREPROCESS
}
