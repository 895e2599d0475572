/**
 * The response headers of the studio, in one place: the dev server, `npm run preview` and the test of deploy/nginx.conf use them.
 * Every response carries them, not only the page: a worker is governed by its own response's policy.
 */

/** Hosts that serve the published MNIST files with CORS headers; their bytes are checked against known digests. */
const DATASET_MIRRORS = [
  'https://cdn.jsdelivr.net',
  'https://huggingface.co',
  // Where it sends those who ask for a large file.
  'https://*.hf.co',
  'https://storage.googleapis.com',
  'https://ossci-datasets.s3.amazonaws.com',
]

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  `connect-src 'self' ${DATASET_MIRRORS.join(' ')}`,
  "img-src 'self' blob: data:",
  "style-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
]

export function securityHeaders(mode: 'production' | 'development'): Record<string, string> {
  return {
    // Vite's dev server injects inline styles and scripts for hot reloading, which the policy forbids on purpose.
    ...(mode === 'production' ? { 'Content-Security-Policy': POLICY.join('; ') } : {}),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  }
}
