// What a seller's own Puppeteer script does, with puppeteer-core as it comes from npm.
// Arguments: the bundle, the endpoint, the store's address. Prints one JSON object.
'use strict';
const fs = require('node:fs');

const [bundle, endpoint, store] = process.argv.slice(2);
// The bundle is the one for browsers, which takes the global WebSocket; it tells them by the lack of `process`.
const puppeteer = new Function('process', `${fs.readFileSync(bundle, 'utf8')}; return Puppeteer;`)(undefined).default;

async function main() {
  const browser = await puppeteer.connect({ browserWSEndpoint: endpoint, defaultViewport: null });
  const person = (await browser.pages()).map((page) => page.url());
  const page = await browser.newPage();
  await page.goto(store);
  await page.waitForSelector('html[data-ready=yes]');
  await page.type('input[name=name]', 'Frau Müller 王');
  await Promise.all([page.waitForNavigation(), page.click('#sign-in')]);
  await page.waitForSelector('#customer');
  const seen = {
    person,
    customer: await page.$eval('#customer', (node) => node.textContent),
    webdriver: await page.evaluate(() => navigator.webdriver),
    cookies: (await browser.cookies()).map((cookie) => cookie.name).sort(),
    png: Buffer.from(await page.screenshot()).subarray(1, 4).toString(),
  };
  const context = await browser.createBrowserContext();
  const other = await context.newPage();
  await other.goto(store);
  seen.otherKnowsMe = (await other.$('#customer')) !== null;
  await page.close();
  await browser.close();
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
