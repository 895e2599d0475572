import { Agent, type ClientRequest, request } from 'node:http'

export interface LoadClient {
  /** Posts a body as JSON and gives the answer's text; rejects unless it is 200. */
  post(body: Buffer): Promise<string>
  close(): void
}

/** A caller that keeps its connections open, as many as it has requests in flight. */
export function loadClient(url: URL, connections: number): LoadClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    post: (body) =>
      new Promise((resolve, reject) => {
        const asked: ClientRequest = request(
          url,
          {
            agent,
            method: 'POST',
            headers: { 'Content-Type': 'application/json', 'Content-Length': body.length },
          },
          (response) => {
            const chunks: Buffer[] = []
            response.on('data', (chunk: Buffer) => chunks.push(chunk))
            response.on('error', reject)
            response.on('end', () => {
              const text = Buffer.concat(chunks).toString()
              if (response.statusCode === 200) resolve(text)
              else reject(new Error(`answered ${response.statusCode}: ${text.slice(0, 200)}`))
            })
          },
        )
        asked.on('error', reject)
        asked.end(body)
      }),
    close: () => agent.destroy(),
  }
}
