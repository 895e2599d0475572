import { Search } from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { Button } from '../ui/button'
import { classNames } from '../ui/class-names'
import { DeviceBadge } from './device-badge'
import { ErrorBoundary } from './error-boundary'
import { JobStatus } from './job-status'
import { SCREENS, screenOf } from './screens'
import styles from './shell.module.css'
import { StorageBanner } from './storage-banner'
import { UpdateBanner } from './update-banner'

const CommandPalette = lazy(async () => ({ default: (await import('./command-palette')).CommandPalette }))

/** Rail, top bar and the place for a screen. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [location] = useLocation()
  const screen = screenOf(location)
  const title = screen?.title ?? 'Not found'
  const main = useFocusOnArrival(location)
  const [palette, setPalette] = usePaletteKey()

  useEffect(() => {
    document.title = `${title} · MNIST Studio`
  }, [title])

  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href="#main">
        Skip to content
      </a>
      <header className={styles['bar']}>
        <div className={styles['brand']}>
          <img src="/favicon.svg" alt="" width={20} height={20} />
          <span>MNIST Studio</span>
        </div>
        <h1>{title}</h1>
        <div className={styles['right']}>
          <JobStatus />
          <DeviceBadge />
          <Button
            kind="quiet"
            className={styles['palette']}
            aria-label="Commands"
            onClick={() => setPalette(true)}
          >
            <Search aria-hidden />
            <span>Commands</span>
            <kbd>{isApple() ? '⌘K' : 'Ctrl K'}</kbd>
          </Button>
        </div>
      </header>
      <nav className={styles['rail']} aria-label="Screens">
        {SCREENS.map(({ path, title: name, icon: Icon, foot }) => (
          <Link
            key={path}
            href={path}
            title={name}
            className={classNames(styles['link'], foot === true && styles['foot'])}
            aria-current={screen?.path === path ? 'page' : undefined}
          >
            <Icon aria-hidden />
            <span>{name}</span>
          </Link>
        ))}
      </nav>
      <main id="main" ref={main} tabIndex={-1} className={styles['main']}>
        <div className={styles['content']}>
          <StorageBanner className={styles['notice']} />
          <UpdateBanner className={styles['notice']} />
          <ErrorBoundary key={location}>{children}</ErrorBoundary>
        </div>
      </main>
      <Suspense fallback={null}>
        {palette && <CommandPalette open={palette} onOpenChange={setPalette} />}
      </Suspense>
    </div>
  )
}

/** Arriving on another screen scrolls up and tells assistive technology, as a page load would. */
function useFocusOnArrival(location: string) {
  const main = useRef<HTMLElement>(null)
  const before = useRef(location)
  useEffect(() => {
    if (before.current === location) return
    before.current = location
    main.current?.scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [location])
  return main
}

function usePaletteKey(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    function toggle(event: KeyboardEvent) {
      if (
        event.key.toLowerCase() !== 'k' ||
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey
      )
        return
      event.preventDefault()
      setOpen((was) => !was)
    }
    window.addEventListener('keydown', toggle)
    return () => window.removeEventListener('keydown', toggle)
  }, [])
  return [open, setOpen]
}

function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent)
}
