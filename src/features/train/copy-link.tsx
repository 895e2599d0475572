import type { RecipeDraft } from '../../domain/params/draft'
import { Button } from '../../ui/button'
import { showToast } from '../../ui/toasts'
import { recipeAddress } from './recipe'

interface CopyLinkProps {
  readonly search: string
  readonly draft: RecipeDraft
}

/** The form as an address, for another tab or another person. */
export function CopyLink({ search, draft }: CopyLinkProps) {
  async function copy() {
    const link = new URL(recipeAddress(search, draft), location.origin).href
    try {
      await navigator.clipboard.writeText(link)
      showToast({ title: 'Link to this recipe copied' })
    } catch {
      showToast({ title: 'The browser does not let the page copy', note: link })
    }
  }

  return (
    <Button kind="quiet" onClick={() => void copy()}>
      Copy link
    </Button>
  )
}
