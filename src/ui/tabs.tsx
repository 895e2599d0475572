import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import styles from './tabs.module.css'

export interface TabItem {
  readonly id: string
  readonly label: string
  readonly content: () => ReactNode
}

interface TabsProps {
  readonly label: string
  readonly items: readonly TabItem[]
  readonly active: string
  readonly onChange: (id: string) => void
}

/** Tabs; only the open one is drawn. */
export function Tabs({ label, items, active, onChange }: TabsProps) {
  return (
    <Base.Root value={active} onValueChange={(value) => onChange(String(value))}>
      <Base.List className={styles['list']} aria-label={label}>
        {items.map((item) => (
          <Base.Tab key={item.id} value={item.id} className={styles['tab']}>
            {item.label}
          </Base.Tab>
        ))}
      </Base.List>
      {items.map((item) => (
        <Base.Panel key={item.id} value={item.id} className={styles['panel']}>
          {item.id === active && item.content()}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
