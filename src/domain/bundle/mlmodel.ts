import type { RunId, Sha256 } from '../ids'
import type { JsonValue } from '../registry/canonical-json'
import { ONNX_INPUT, ONNX_OUTPUT } from './onnx'
import { yamlText } from './yaml-text'

/** What the ONNX file takes and gives, as MLflow says it. */
export const SIGNATURE = {
  inputs: [tensor(ONNX_INPUT, [-1, 1, 28, 28])],
  outputs: [tensor(ONNX_OUTPUT, [-1, 10])],
  params: null,
} as const satisfies JsonValue

function tensor(name: string, shape: readonly number[]) {
  return { name, type: 'tensor', 'tensor-spec': { dtype: 'float32', shape } } as const
}

const PYTHON = '3.11.0'
const MLFLOW = '3.1.4'
const REQUIREMENTS = [`mlflow==${MLFLOW}`, 'onnx==1.16.0', 'onnxruntime==1.18.1', 'numpy<2'] as const

export interface MlmodelFacts {
  readonly onnxBytes: number
  readonly weightsSha256: Sha256
  readonly runId: RunId | null
  /** `2026-01-01 00:00:00.000000`. */
  readonly createdUtc: string
}

/** MLflow's description of the model beside it, of its ONNX flavour. */
export function mlmodelText({ onnxBytes, weightsSha256, runId, createdUtc }: MlmodelFacts): string {
  return yamlText({
    artifact_path: 'model',
    flavors: {
      onnx: {
        code: null,
        data: 'model.onnx',
        onnx_version: '1.16.0',
        providers: ['CPUExecutionProvider'],
      },
      python_function: {
        data: 'model.onnx',
        env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
        loader_module: 'mlflow.onnx',
        python_version: PYTHON,
      },
    },
    mlflow_version: MLFLOW,
    model_size_bytes: onnxBytes,
    model_uuid: weightsSha256.slice(0, 32),
    ...(runId === null ? {} : { run_id: runId }),
    // Texts of JSON inside YAML: that is how MLflow reads them.
    signature: {
      inputs: JSON.stringify(SIGNATURE.inputs),
      outputs: JSON.stringify(SIGNATURE.outputs),
      params: null,
    },
    utc_time_created: createdUtc,
  })
}

export function requirementsText(): string {
  return `${REQUIREMENTS.join('\n')}\n`
}

export function pythonEnvText(): string {
  return yamlText({
    python: PYTHON,
    build_dependencies: ['pip', 'setuptools', 'wheel'],
    dependencies: ['-r requirements.txt'],
  })
}

export function condaText(): string {
  return yamlText({
    channels: ['conda-forge'],
    dependencies: [`python=${PYTHON}`, 'pip', { pip: [...REQUIREMENTS] }],
    name: 'mlflow-env',
  })
}
