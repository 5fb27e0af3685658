import { cookieJar, type TestAccounts } from './test-accounts.ts'

/** Cookies that a provider set in a person's browser. */
type Jar = Map<string, string>

async function visit(jar: Jar, url: string | URL, init: RequestInit = {}): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } })
  for (const line of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value === '') jar.delete(name)
    else jar.set(name, value)
  }
  return response
}

/** A person before a browser: our cookies, and the provider's. */
export function newPerson(accounts: TestAccounts, name: string) {
  const ours = cookieJar(accounts.publicUrl ?? undefined)
  const theirs: Jar = new Map()

  /** Signs in at the provider, from the address that it was led to. The address that the provider leads back to. */
  async function atProvider(start: string): Promise<URL> {
    let url = new URL(start)
    for (let steps = 0; steps < 8; steps++) {
      const response = await visit(theirs, url)
      const location = response.headers.get('location')
      if (location === null) {
        const form = { method: 'POST', body: new URLSearchParams({ name }) }
        url = new URL((await visit(theirs, url, form)).headers.get('location')!, url)
      } else url = new URL(location, url)
      if (url.pathname === '/auth/callback') return url
    }
    throw new Error(`never came back: ${url}`)
  }

  return {
    cookies: ours,
    atProvider,
    /** The first half: to the provider's door. */
    async begin(query = ''): Promise<Response> {
      const response = await accounts.get(`/auth/login/local${query}`, ours.headers())
      ours.take(response)
      return response
    },
    /** The second half: back from the provider. Strict cookies stay at home, for another site led here. */
    async comeBack(url: URL): Promise<Response> {
      const lax = [...ours.kept].filter(([cookie]) => cookie.endsWith('oxo_login'))
      const response = await accounts.get(url.pathname + url.search, {
        cookie: lax.map(([cookie, value]) => `${cookie}=${value}`).join('; '),
        accept: 'text/html',
      })
      ours.take(response)
      return response
    },
    async signIn(query = ''): Promise<Response> {
      return this.comeBack(await atProvider((await this.begin(query)).headers.get('location')!))
    },
    /** What the page does next. */
    async refresh(cookie = 'account'): Promise<Response> {
      const response = await accounts.post('/auth/refresh', { cookie }, ours.headers())
      ours.take(response)
      return response
    },
    async guest(cookie = '0'): Promise<Response> {
      const response = await accounts.post('/auth/guest', { cookie }, ours.headers())
      ours.take(response)
      return response
    },
  }
}
