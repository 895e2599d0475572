import './app/trusted-types'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './ui/tokens.css'
import './ui/base.css'
import { App } from './app/app'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html must have an element with id "root"')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
