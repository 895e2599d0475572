import { Menu as Base } from '@base-ui/react/menu'
import { ChevronDown } from 'lucide-react'
import { useRef } from 'react'
import { Button } from './button'
import styles from './menu.module.css'

interface MenuItem {
  readonly id: string
  readonly title: string
  /** What it is, in a line or two. */
  readonly text: string
}

interface MenuProps {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly onPick: (id: string) => void
}

/** A button that opens a list of things to do, each with a line about it. */
export function Menu({ label, items, onPick }: MenuProps) {
  const place = useRef<HTMLDivElement>(null)
  return (
    // The list opens within its landmark, not at the end of the page.
    <div ref={place}>
      <Base.Root>
        <Base.Trigger render={<Button />}>
          {label}
          <ChevronDown aria-hidden />
        </Base.Trigger>
        <Base.Portal container={place}>
          <Base.Positioner className={styles['positioner']} positionMethod="fixed" align="end" sideOffset={4}>
            <Base.Popup className={styles['popup']} aria-label={label}>
              {items.map((item) => (
                <Base.Item key={item.id} className={styles['item']} onClick={() => onPick(item.id)}>
                  <span className={styles['title']}>{item.title}</span>
                  <span className={styles['text']}>{item.text}</span>
                </Base.Item>
              ))}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </div>
  )
}
