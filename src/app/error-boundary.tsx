import { Component, type ReactNode } from 'react'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'

interface State {
  readonly error: Error | null
}

/** Keeps the shell standing when a screen throws. A class, because React offers no other way to catch. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <Notice
        tone="failure"
        title="This screen stopped working"
        actions={<Button onClick={() => window.location.reload()}>Reload the page</Button>}
      >
        <p>
          What is stored is untouched, and training in the background goes on until you reload. The fault was:{' '}
          {error.message}
        </p>
      </Notice>
    )
  }
}
