import { describe, expect, it } from 'vitest'
import { epochMillis } from '../../domain/ids'
import { parseOrderBy } from '../../domain/query/parse'
import { runFacts } from '../../domain/query/run-facts'
import type { RunLogLine } from '../../domain/registry/run-log'
import type { TableRun } from '../../stores/queries'
import { readCompared } from './compare-address'
import { logJsonLines, logText, selectLines } from './log-text'
import { factText } from './metric-text'
import { allColumns, runsCsv, runsJson, shownColumns } from './run-export'
import { endedRun } from './run.testing'
import { DEFAULT_COLUMNS, groupTrials, readRunView, runsInView, turnOrder, writeRunView } from './run-view'
import { readTags, tagLines } from '../../domain/registry/tags'

function tableRun(byte: number, changes: Partial<TableRun> = {}): TableRun {
  const listed = {
    ...endedRun(byte),
    deletedAt: null,
    archivedAt: null,
    note: '',
    tags: {},
    interrupted: false,
    ...changes,
  }
  return { ...listed, facts: runFacts(listed) }
}

const names = (runs: readonly TableRun[]) => runs.map(({ name }) => name)

describe('the view in the address', () => {
  it('is the default where nothing is said, and says nothing where it is', () => {
    const view = readRunView(new URLSearchParams())
    expect(view).toMatchObject({ columns: DEFAULT_COLUMNS, grouped: true, filter: null, problem: null })
    expect(writeRunView(new URLSearchParams('tab=x'), view).toString()).toBe('tab=x')
  })

  it('comes back as it was written', () => {
    const order = parseOrderBy('metrics.test_loss, params.`a b` DESC')
    const change = {
      filterText: "params.preset = 'lite' OR",
      order: order.ok ? order.value : [],
      columns: ['metrics.test_loss', 'tags.`my tag`'],
      showArchived: true,
      showDeleted: true,
      grouped: false,
    }
    const written = writeRunView(new URLSearchParams(), change)
    const view = readRunView(new URLSearchParams(written.toString()))
    expect(view).toMatchObject(change)
    expect(view.problem?.message).toContain('Character 26')
  })

  it('falls back where the address is wrong', () => {
    const view = readRunView(new URLSearchParams('columns=metrics.&order=DESC'))
    expect(view).toMatchObject({ columns: DEFAULT_COLUMNS, order: [] })
  })

  it('turns the order of a column, and begins another with what is wanted first', () => {
    const field = { entity: 'metrics', key: 'x' } as const
    const once = turnOrder([], field, true)
    expect(once).toEqual([{ field, descending: true }])
    expect(turnOrder(once, field, true)).toEqual([{ field, descending: false }])
  })
})

describe('runs in a view', () => {
  const deleted = tableRun(1, { deletedAt: epochMillis(1) })
  const archived = tableRun(2, { archivedAt: epochMillis(1) })
  const plain = tableRun(3)
  const runs = [plain, archived, deleted]

  it('leave out archived and deleted ones unless they are asked for', () => {
    const ask = (text: string) => names(runsInView(runs, readRunView(new URLSearchParams(text))))
    expect(ask('')).toEqual(['run-3'])
    expect(ask('show=archived')).toEqual(['run-3', 'run-2'])
    expect(ask('show=archived,deleted&order=run_name')).toEqual(['run-1', 'run-2', 'run-3'])
    expect(ask('show=archived&filter=run_name LIKE %27%252%27')).toEqual(['run-2'])
    expect(ask('filter=metrics.')).toEqual(['run-3'])
  })

  it('stand behind one row where they are trials of one search', () => {
    const searchId = 'f'.repeat(32) as Extract<
      NonNullable<TableRun['origin']>,
      { kind: 'search' }
    >['searchId']
    const trial = (byte: number, index: number) =>
      tableRun(byte, { origin: { kind: 'search', searchId, trial: index } })
    const all = [trial(1, 0), plain, trial(2, 1)]
    expect(groupTrials(all, new Set()).map(({ kind }) => kind)).toEqual(['search', 'run'])
    expect(groupTrials(all, new Set([searchId])).map(({ kind }) => kind)).toEqual([
      'search',
      'run',
      'run',
      'run',
    ])
    expect(groupTrials([trial(1, 0), plain], new Set()).map(({ kind }) => kind)).toEqual(['run', 'run'])
  })
})

describe('runs as files', () => {
  const run = tableRun(7, { name: '=cmd', tags: { owner: 'Ada, "A"' } })

  it('have metrics with their aggregation, and no formula', () => {
    const csv = [
      ...runsCsv([run], shownColumns(['metrics.train_loss_epoch_mean', 'tags.owner', 'tags.none'])),
    ].join('')
    expect(csv).toBe(
      'attributes.run_id,attributes.run_name,metrics.train_loss_epoch_mean,tags.owner,tags.none\r\n' +
        `${run.id},'=cmd,0.25,"Ada, ""A""",\r\n`,
    )
  })

  it('hold everything that is known', () => {
    const columns = allColumns([run])
    for (const wanted of [
      'metrics.test_accuracy',
      'metrics.validation_loss_best',
      'params.lr',
      'params.rotation',
    ])
      expect(columns).toContain(wanted)
    expect([...runsCsv([run, tableRun(8)], columns)].join('').trimEnd().split('\r\n')).toHaveLength(3)
    const [record] = (JSON.parse([...runsJson([run])].join('')) as { runs: Record<string, unknown>[] }).runs
    expect(record).toMatchObject({
      run_id: run.id,
      status: 'completed',
      metrics: { test_accuracy: run.facts.metrics['test_accuracy'] },
      tags: { owner: 'Ada, "A"' },
    })
  })
})

describe('small texts', () => {
  it('reads and writes tags', () => {
    expect(readTags(' a = 1=2 \n\nlabel')).toEqual({ ok: true, tags: { a: '1=2', label: '' } })
    expect(tagLines({ a: '1=2', label: '' })).toBe('a=1=2\nlabel')
    expect(readTags('=x')).toMatchObject({ ok: false, message: expect.stringContaining('key=value') })
    expect(readTags('a=1\na=2')).toMatchObject({ ok: false, message: expect.stringContaining('twice') })
  })

  it('writes facts as people read them', () => {
    expect(factText('metrics.test_accuracy', 0.98765)).toBe('98.77\u00a0%')
    expect(factText('metrics.parameter_count', 13_808)).toBe('13,808')
    expect(factText('params.lr', 0.01)).toBe('0.01')
    expect(factText('tags.owner', null)).toBe('–')
  })

  it('takes run ids from an address, each once', () => {
    const id = 'a'.repeat(32)
    expect(readCompared(`${id},x, ${id},${'b'.repeat(32)}`)).toEqual([id, 'b'.repeat(32)])
  })

  it('selects and writes log lines', () => {
    const runId = tableRun(1).id
    const line = (sequence: number, level: RunLogLine['level'], message: string): RunLogLine => ({
      runId,
      sequence,
      at: epochMillis(sequence * 1000),
      level,
      message,
    })
    const lines = [line(0, 'info', 'Begun'), line(1, 'warning', 'Batch halved'), line(2, 'error', 'Lost')]
    expect(selectLines(lines, 'warning', '')).toEqual(lines.slice(1))
    expect(selectLines(lines, 'info', ' batch')).toEqual([lines[1]])
    expect(logText(lines.slice(2))).toBe('1970-01-01T00:00:02.000Z ERROR Lost\n')
    expect(JSON.parse(logJsonLines(lines.slice(1, 2)))).toEqual({
      run_id: runId,
      sequence: 1,
      time: '1970-01-01T00:00:01.000Z',
      level: 'warning',
      message: 'Batch halved',
    })
  })
})
