import { crc32 } from './crc32'
import type { BundleOutcome } from './contract'
import { failure, success } from './outcome'

/** What reading a zip may cost. Headers are never believed beyond it. */
export interface ZipBudget {
  readonly entries: number
  /** Of the file as it arrives. */
  readonly fileBytes: number
  /** Of all entries together after unpacking; real bytes are counted, not announced ones. */
  readonly unpackedBytes: number
  /** Unpacked over packed, of an entry of more than a megabyte. */
  readonly ratio: number
}

export const ZIP_BUDGET: ZipBudget = {
  entries: 256,
  fileBytes: 256 * 2 ** 20,
  unpackedBytes: 256 * 2 ** 20,
  ratio: 200,
}

/** Below this a good ratio is no bomb. */
const HARMLESS_BYTES = 2 ** 20

const END_SIGNATURE = 0x06054b50
const CENTRAL_SIGNATURE = 0x02014b50
const LOCAL_SIGNATURE = 0x04034b50
const END_BYTES = 22
const CENTRAL_BYTES = 46
const LOCAL_BYTES = 30
const LONGEST_COMMENT = 0xffff
/** A size or offset that stands elsewhere: in the records of zip64. */
const ZIP64 = 0xffffffff

interface Entry {
  readonly name: string
  readonly method: number
  readonly flags: number
  readonly crc: number
  readonly packedBytes: number
  readonly unpackedBytes: number
  readonly offset: number
}

/**
 * Unpacks a zip: stored and deflated entries whose names `allowed` takes, each once. What the directory announces is checked
 * against what is there: sizes, names, overlaps and checksums.
 */
export async function readZip(
  bytes: Uint8Array,
  allowed: RegExp,
  budget: ZipBudget = ZIP_BUDGET,
): Promise<BundleOutcome<Map<string, Uint8Array<ArrayBuffer>>>> {
  if (bytes.length > budget.fileBytes)
    return failure('over-budget', `The file has ${bytes.length} bytes; at most ${budget.fileBytes} are read.`)
  const directory = readDirectory(bytes, allowed, budget)
  if (!directory.ok) return directory
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  let left = budget.unpackedBytes
  let expectedEnd = 0
  for (const entry of directory.value.toSorted((a, b) => a.offset - b.offset)) {
    const packed = packedBytes(bytes, entry, expectedEnd)
    if (!packed.ok) return packed
    expectedEnd = packed.value.byteOffset - bytes.byteOffset + packed.value.length
    const unpacked = await unpack(packed.value, entry, left, budget.ratio)
    if (!unpacked.ok) return unpacked
    left -= unpacked.value.length
    files.set(entry.name, unpacked.value)
  }
  return success(files)
}

function readDirectory(
  bytes: Uint8Array,
  allowed: RegExp,
  budget: ZipBudget,
): BundleOutcome<readonly Entry[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endRecord(view)
  if (end === null)
    return failure('bad-input', 'The file is not a zip, or its end is missing: copy it again whole.')
  const count = view.getUint16(end + 10, true)
  const start = view.getUint32(end + 16, true)
  const size = view.getUint32(end + 12, true)
  if (view.getUint16(end + 4, true) !== 0 || start === ZIP64 || count === 0xffff)
    return failure('unsupported', 'The zip is split, or larger than is read here (zip64).')
  if (count > budget.entries)
    return failure('over-budget', `The zip names ${count} files; at most ${budget.entries} are read.`)
  if (start + size !== end)
    return failure(
      'bad-input',
      `The zip's directory should end at byte ${start + size}, found its end at ${end}.`,
    )

  const entries: Entry[] = []
  const names = new Set<string>()
  let at = start
  for (let index = 0; index < count; index++) {
    const entry = centralEntry(view, at, end)
    if (entry === null) return failure('bad-input', `Entry ${index + 1} of the zip's directory is cut short.`)
    const problem = entryProblem(entry.entry, allowed, names)
    if (problem !== null) return problem
    names.add(entry.entry.name)
    entries.push(entry.entry)
    at = entry.next
  }
  if (at !== end)
    return failure('bad-input', `The zip's directory holds more than the ${count} files it names.`)
  return success(entries)
}

/** Where the end record stands: behind it lies a comment of just the length it says. */
function endRecord(view: DataView): number | null {
  const first = Math.max(0, view.byteLength - END_BYTES - LONGEST_COMMENT)
  for (let at = view.byteLength - END_BYTES; at >= first; at--)
    if (
      view.getUint32(at, true) === END_SIGNATURE &&
      at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength
    )
      return at
  return null
}

function centralEntry(
  view: DataView,
  at: number,
  end: number,
): { readonly entry: Entry; readonly next: number } | null {
  if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL_SIGNATURE) return null
  const nameLength = view.getUint16(at + 28, true)
  const next = at + CENTRAL_BYTES + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  if (next > end) return null
  const entry = {
    name: nameAt(view, at + CENTRAL_BYTES, nameLength),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packedBytes: view.getUint32(at + 20, true),
    unpackedBytes: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  }
  return { entry, next }
}

/** Byte by byte: what is no ASCII passes no list of names here. */
function nameAt(view: DataView, at: number, length: number): string {
  return Array.from({ length }, (_, index) => String.fromCharCode(view.getUint8(at + index))).join('')
}

function entryProblem(
  { name, method, flags, packedBytes: packed, unpackedBytes, offset }: Entry,
  allowed: RegExp,
  names: ReadonlySet<string>,
): ReturnType<typeof failure> | null {
  const quoted = JSON.stringify(name.length > 100 ? `${name.slice(0, 97)}…` : name)
  if (!allowed.test(name) || name.split('/').includes('..'))
    return failure(
      'bad-input',
      `The zip holds ${quoted}: a name of plain letters, digits, "_", "-" and "." was expected.`,
    )
  if (names.has(name)) return failure('bad-input', `The zip holds ${quoted} twice.`)
  if ((flags & 1) !== 0) return failure('unsupported', `${quoted} is encrypted, which is not read here.`)
  if (method !== 0 && method !== 8)
    return failure(
      'unsupported',
      `${quoted} is packed by method ${method}; stored (0) and deflated (8) are read.`,
    )
  if ([packed, unpackedBytes, offset].includes(ZIP64))
    return failure('unsupported', `${quoted} is larger than is read here (zip64).`)
  return null
}

/** An entry's bytes as they lie in the file, behind a local header that says the same as the directory. */
function packedBytes(bytes: Uint8Array, entry: Entry, from: number): BundleOutcome<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { name, offset, method } = entry
  if (offset < from) return failure('bad-input', `${name} overlaps another file of the zip.`)
  if (offset + LOCAL_BYTES > bytes.length || view.getUint32(offset, true) !== LOCAL_SIGNATURE)
    return failure('bad-input', `${name} does not lie where the zip's directory says.`)
  const nameLength = view.getUint16(offset + 26, true)
  const start = offset + LOCAL_BYTES + nameLength + view.getUint16(offset + 28, true)
  if (start + entry.packedBytes > bytes.length) return failure('bad-input', `${name} is cut short.`)
  const sameName = nameAt(view, offset + LOCAL_BYTES, nameLength) === name
  if (!sameName || view.getUint16(offset + 8, true) !== method)
    return failure('bad-input', `${name} is called or packed otherwise in the zip's directory.`)
  return success(bytes.subarray(start, start + entry.packedBytes))
}

async function unpack(
  packed: Uint8Array,
  { name, method, crc, unpackedBytes }: Entry,
  left: number,
  ratio: number,
): Promise<BundleOutcome<Uint8Array<ArrayBuffer>>> {
  if (unpackedBytes > left)
    return failure('over-budget', `${name} and the files before it unpack to more than is read here.`)
  if (unpackedBytes > HARMLESS_BYTES && unpackedBytes > ratio * packed.length)
    return failure(
      'over-budget',
      `${name} is to unpack to ${unpackedBytes} bytes from ${packed.length}: more than ${ratio} to 1 is not read.`,
    )
  const unpacked = method === 0 ? new Uint8Array(packed) : await inflate(packed, unpackedBytes)
  if (unpacked === 'more')
    return failure(
      'over-budget',
      `${name} unpacks to more than the ${unpackedBytes} bytes that the zip announces.`,
    )
  if (unpacked === 'damaged')
    return failure('bad-input', `${name} cannot be unpacked: copy the file again whole.`)
  if (unpacked.length !== unpackedBytes)
    return failure('bad-input', `${name} has ${unpacked.length} bytes, the zip announces ${unpackedBytes}.`)
  if (crc32(unpacked) !== crc)
    return failure(
      'digest-mismatch',
      `${name} is not what was packed (its checksum differs): copy the file again.`,
    )
  return success(unpacked)
}

/** Stops at the first byte beyond `most`, however much would follow. */
async function inflate(
  packed: Uint8Array,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | 'more' | 'damaged'> {
  const unpacked = new Uint8Array(most)
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(new Uint8Array(packed))
      controller.close()
    },
  })
  const reader = source.pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  let at = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return unpacked.subarray(0, at)
      if (at + value.length > most) {
        await reader.cancel()
        return 'more'
      }
      unpacked.set(value, at)
      at += value.length
    }
  } catch {
    return 'damaged'
  }
}
