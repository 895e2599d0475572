/** A file with the path it lay under, where a folder was chosen. */
export interface ChosenFile {
  readonly path: string
  readonly file: File
}

/** More is no dataset but somebody's home. */
const MOST_FILES = 2_000

/** The files of a picker, which knows paths where a folder was picked. What Spark leaves beside its parts is passed over. */
export function filesOfList(list: readonly File[]): ChosenFile[] {
  return wanted(list.map((file) => ({ path: file.webkitRelativePath || file.name, file })))
}

/** The files of a drop, folders opened. Reads the entries at once: the browser forgets them after the event. */
export async function filesOfDrop(transfer: DataTransfer): Promise<ChosenFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (entries.every((entry) => entry.isFile)) return filesOfList([...transfer.files])
  const files: ChosenFile[] = []
  for (const entry of entries) await collect(entry, files)
  return wanted(files)
}

async function collect(entry: FileSystemEntry, into: ChosenFile[]): Promise<void> {
  if (into.length >= MOST_FILES) return
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    into.push({ path: entry.fullPath.replace(/^\//, ''), file })
    return
  }
  if (!isFolder(entry)) return
  const reader = entry.createReader()
  for (;;) {
    // A folder is told in portions; an empty one is the end.
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (portion.length === 0) return
    for (const inner of portion) await collect(inner, into)
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

/** Without markers and checksums: `_SUCCESS`, `.part-0.crc`, `.DS_Store`. */
function wanted(files: readonly ChosenFile[]): ChosenFile[] {
  return files.filter(({ path }) => !/(^|\/)[._][^/]*$/.test(path)).slice(0, MOST_FILES)
}
