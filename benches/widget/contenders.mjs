// Who is measured: a page each, and what a shopper would press there.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

const page = (head, body = '<main></main>') => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<title>Shop</title>${head}<h1>Order INV-1</h1>${body}<p id="after">The rest of the page.</p></html>`;

const ELEMENT = '<pay-with endpoint="/api" order="INV-1" providers="cashi" lang="en"></pay-with>';

/** One bundled file of a page below `pages`, with the styles that it imports. */
const bundle = (pages, modules, name) => {
  const out = join(modules, '..', 'built', name.replace(/\.\w+$/, '.js'));
  execFileSync(join(modules, '.bin', 'esbuild'), [
    join(pages, name), '--bundle', '--minify', '--format=esm', '--target=es2022', '--jsx=automatic',
    '--log-level=error', '--external:crypto', '--define:process.env.NODE_ENV="production"', `--outfile=${out}`,
  ], { env: { ...process.env, NODE_PATH: modules } });
  return out;
};

/** The contenders by name: the HTML of the page, its files, and the selector of the button. */
export const contenders = ({ pages, modules, dist, isQuick }) => {
  const bundled = (title, name, { body, button = 'button.pay', further, hasStyle = false } = {}) => {
    const file = bundle(pages, modules, name);
    const style = hasStyle ? '<link rel="stylesheet" href="/page.css">' : '';
    const files = { '/page.js': readFileSync(file) };
    if (hasStyle) files['/page.css'] = readFileSync(file.replace(/\.js$/, '.css'));
    const html = page(`${style}<script type="module" src="/page.js"></script>`, body);
    return { title, button, further, files, html };
  };
  const script = readFileSync(join(dist, 'paywith.js'));
  const wasm = readFileSync(join(dist, 'paywith.wasm'));
  const sha = (bytes) => `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
  const tag = `<script type="module" src="/paywith.js" integrity="${sha(script)}" crossorigin></script>`;
  const hint = '<link rel="preload" href="/paywith.wasm" as="fetch" type="application/wasm" fetchpriority="low" '
    + `integrity="${sha(wasm)}" crossorigin>`;
  const own = {
    button: 'pay-with >>> button.pay', files: { '/paywith.js': script, '/paywith.wasm': wasm },
  };
  const quick = {
    yardstick: bundled('hand-written yardstick (custom element, lean-qr)', 'yardstick.js', {
      body: '<yard-stick order="INV-1"></yard-stick>', button: 'yard-stick >>> button',
    }),
    paywith: { ...own, title: '**Paywith**', html: page(tag, ELEMENT) },
    hinted: { ...own, title: '**Paywith**, its module preloaded', html: page(tag + hint, ELEMENT) },
  };
  if (isQuick) return quick;
  return {
    ...quick,
    react: bundled('React + qrcode.react, hand-rolled', 'react.jsx'),
    adyen: bundled('Adyen PromptPay', 'adyen.js', { button: 'button.adyen-checkout__button', hasStyle: true }),
    alby: bundled('Alby bitcoin-connect', 'alby.js', { further: 'Copy & Display Invoice' }),
    xendit: bundled('Xendit components', 'xendit.js'),
  };
};
