import {
  Activity,
  Database,
  House,
  LineChart,
  ListTree,
  Package,
  PenLine,
  Radar,
  Webhook,
  Workflow,
  type LucideIcon,
} from 'lucide-react'

export interface Screen {
  readonly path: string
  readonly title: string
  readonly icon: LucideIcon
  /** At the foot of the rail: about the studio, not the work. */
  readonly foot?: boolean
}

/** The rail, in the order of the work. */
export const SCREENS: readonly Screen[] = [
  { path: '/', title: 'Overview', icon: House },
  { path: '/data', title: 'Data', icon: Database },
  { path: '/train', title: 'Train', icon: LineChart },
  { path: '/runs', title: 'Runs', icon: ListTree },
  { path: '/models', title: 'Models', icon: Package },
  { path: '/draw', title: 'Draw', icon: PenLine },
  { path: '/monitor', title: 'Monitor', icon: Radar },
  { path: '/pipeline', title: 'Pipeline', icon: Workflow },
  { path: '/api', title: 'API', icon: Webhook, foot: true },
  { path: '/system', title: 'System', icon: Activity, foot: true },
]

/** The screen an address belongs to: `/runs/…` belongs to Runs. */
export function screenOf(location: string): Screen | null {
  return (
    SCREENS.find(({ path }) => location === path || (path !== '/' && location.startsWith(`${path}/`))) ?? null
  )
}
