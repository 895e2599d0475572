import { stopBundleWork, type BundleWork } from '../../stores/bundle'
import { Button } from '../../ui/button'
import { Row } from '../../ui/layout'
import styles from './bundle.module.css'

/** The stage that an export or import is in, and the way to end it. */
export function BundleProgress({ work }: { readonly work: BundleWork }) {
  return (
    <div className={styles['work']} role="status">
      <span>
        {work.subject}: {work.label} …
      </span>
      <Row>
        <Button onClick={stopBundleWork}>Stop</Button>
      </Row>
    </div>
  )
}
