import { useId, useRef, useState, type KeyboardEvent } from 'react'
import type { QueryProblem } from '../../domain/query/ast'
import { completeField, type Completion } from '../../domain/query/suggest'
import { classNames } from '../../ui/class-names'
import styles from './filter-box.module.css'

interface FilterBoxProps {
  readonly text: string
  readonly problem: QueryProblem | null
  /** Fields that some run has. */
  readonly fields: readonly string[]
  readonly onChange: (text: string) => void
}

const NOTHING: Completion = { from: 0, to: 0, words: [] }

/** The filter, with the fields that the word under the caret may become, and a caret under what is wrong. */
export function FilterBox({ text, problem, fields, onChange }: FilterBoxProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [completion, setCompletion] = useState(NOTHING)
  const [active, setActive] = useState(-1)
  const open = completion.words.length > 0

  function close(): void {
    setCompletion(NOTHING)
    setActive(-1)
  }
  function type(value: string, caret: number): void {
    onChange(value)
    setCompletion(completeField(value, caret, fields))
    setActive(-1)
  }
  function accept(word: string): void {
    const next = `${text.slice(0, completion.from)}${word} ${text.slice(completion.to).trimStart()}`
    const caret = completion.from + word.length + 1
    onChange(next)
    close()
    // After React wrote the value, which moves the caret to its end.
    requestAnimationFrame(() => input.current?.setSelectionRange(caret, caret))
  }
  function press(event: KeyboardEvent): void {
    if (!open) return
    const { words } = completion
    const chosen = words[active]
    if (event.key === 'ArrowDown') setActive((active + 1) % words.length)
    else if (event.key === 'ArrowUp')
      setActive((active + words.length) % (words.length + 1) || words.length - 1)
    else if (event.key === 'Escape') close()
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) accept(chosen)
    else return
    event.preventDefault()
  }

  return (
    <div className={styles['frame']}>
      <label className={styles['label']} htmlFor={id}>
        Filter
      </label>
      <div className={styles['place']}>
        <input
          ref={input}
          id={id}
          className={styles['input']}
          role="combobox"
          aria-expanded={open}
          aria-controls={`${id}-fields`}
          aria-autocomplete="list"
          aria-activedescendant={active < 0 ? undefined : `${id}-${active}`}
          aria-invalid={problem === null ? undefined : true}
          aria-describedby={`${id}-note`}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder="metrics.test_accuracy > 0.98 AND params.preset LIKE 'lite%'"
          value={text}
          onChange={(event) => type(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)}
          onKeyDown={press}
          onBlur={close}
        />
        <ul
          id={`${id}-fields`}
          role="listbox"
          aria-label="Fields"
          hidden={!open}
          className={styles['fields']}
        >
          {completion.words.map((word, index) => (
            <li
              key={word}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              className={classNames(styles['field'], index === active && styles['active'])}
              // The input keeps the focus.
              onMouseDown={(event) => {
                event.preventDefault()
                accept(word)
              }}
            >
              {word}
            </li>
          ))}
        </ul>
      </div>
      <div id={`${id}-note`}>{problem !== null && !open && <Fault text={text} problem={problem} />}</div>
    </div>
  )
}

/** The place in the text, and what was expected there. */
function Fault({ text, problem }: { readonly text: string; readonly problem: QueryProblem }) {
  const marks = '^'.repeat(Math.max(1, problem.length))
  return (
    <div className={styles['fault']} role="status">
      <pre aria-hidden className={styles['marked']} tabIndex={-1}>
        {text}
        {'\n'}
        {' '.repeat(problem.at)}
        {marks}
      </pre>
      {problem.message}
    </div>
  )
}
