import {existsSync} from 'node:fs'
import {pathToFileURL} from 'node:url'
import type {Browser, Page} from 'playwright-core'

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** A Chromium of this machine. */
const chromiumPath = candidates.find((path) => path !== undefined && existsSync(path))

/** Tests that need a Chromium are skipped, and say so, where there is none; with RIDGE_TEST_CHROMIUM=required they fail instead. */
export const isChromiumMissing = chromiumPath === undefined && process.env['RIDGE_TEST_CHROMIUM'] !== 'required'

const launchArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

export interface OpenPage {
  readonly browser: Browser
  readonly page: Page
  /** Errors and warnings that the page has written. */
  readonly complaints: readonly string[]
  readonly requests: readonly string[]
}

/** Opens a report's page and waits until its figures are drawn. */
export async function openPage(file: string): Promise<OpenPage> {
  if (chromiumPath === undefined)
    throw new Error('RIDGE_TEST_CHROMIUM=required, but there is no Chromium here: install one, or name it in CHROMIUM_PATH')
  const {chromium} = await import('playwright-core')
  const browser = await chromium.launch({executablePath: chromiumPath, args: launchArguments})
  const page = await browser.newPage({viewport: {width: 1100, height: 900}})
  const [complaints, requests]: [string[], string[]] = [[], []]
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(pathToFileURL(file).href)
  await page.waitForSelector('html[data-drawn=yes]')
  return {browser, page, complaints, requests}
}
