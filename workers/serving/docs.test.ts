import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/domain/serving/routes'
import { docsPage, openApiDocument } from './docs'

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

describe('openapi.json', () => {
  const text = openApiDocument().body
  const document = JSON.parse(text) as Document

  it('has every route with its method', () => {
    for (const { path, method } of ROUTES)
      expect(document.paths[path]?.[method.toLowerCase()], path).toBeDefined()
  })

  it('refers to schemas that are there, and gives every operation a name of its own', () => {
    const referred = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name ?? '')
    expect(referred.filter((name) => !(name in document.components.schemas))).toEqual([])
    const names = [...text.matchAll(/"operationId":"([^"]+)"/g)].map(([, name]) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toHaveLength(ROUTES.length)
  })
})

describe('docs', () => {
  it('is a page that its own policy allows: no script, no style of its own', () => {
    const { headers, body } = docsPage()
    expect(headers['Content-Security-Policy']).toContain("default-src 'none'; style-src 'self'")
    expect(body).not.toMatch(/<script|<style| style=| on\w+=/)
    for (const { summary } of ROUTES) expect(body).toContain(summary)
  })
})
