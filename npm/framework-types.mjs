// Writes the framework types from the Custom Elements Manifest.
//
//   node framework-types.mjs FOLDER
//
// FOLDER gets jsx.d.ts (React's JSX), vue.d.ts and svelte.d.ts: the tag with its attributes,
// properties and events, so that templates are checked and completed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const manifest = JSON.parse(readFileSync(new URL('./custom-elements.json', import.meta.url), 'utf8'));
const element = manifest.modules.flatMap(({ declarations }) => declarations)
  .find(({ tagName }) => tagName === 'pay-with');

const EVENTS = `import('./index.js').PayWithEventMap`;
const isSettable = (member) => member.kind === 'field' && !member.readonly;
const quoted = (name) => (/^\w+$/.test(name) ? name : `'${name}'`);
const comment = (text) => `  /** ${text} */\n`;

/** The members of an interface: every property by its own name, every attribute by its. */
const options = () => {
  const lines = [];
  for (const { name, description, attribute } of element.members.filter(isSettable)) {
    const type = `import('./index.js').PayWithOptions['${name}']`;
    lines.push(`${comment(description)}  ${name}?: ${type};\n`);
    if (attribute && attribute !== name) lines.push(`${comment(description)}  '${attribute}'?: ${type};\n`);
  }
  return lines.join('');
};

const handlers = (write) => element.events
  .map(({ name, description }) =>
    `${comment(description)}  ${quoted(write(name))}?: (event: ${EVENTS}['${name}']) => void;\n`)
  .join('');

const capital = (name) => name[0].toUpperCase() + name.slice(1);

const files = {
  'jsx.d.ts': `import type { DetailedHTMLProps, HTMLAttributes } from 'react';

/** Attributes, properties and, in React 19, events of \`<pay-with>\` in JSX. */
export interface PayWithJsx
  extends Omit<
    DetailedHTMLProps<HTMLAttributes<import('./index.js').PayWithElement>, import('./index.js').PayWithElement>,
    keyof PayWithJsxOwn
  >, PayWithJsxOwn {
  class?: string;
}

interface PayWithJsxOwn {
${options()}${handlers((name) => `on${name}`)}}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'pay-with': PayWithJsx;
    }
  }
}
`,
  'vue.d.ts': `import type { DefineComponent } from 'vue';

/** Attributes, properties and events of \`<pay-with>\` in a template. */
export interface PayWithVue {
${options()}${handlers((name) => `on${capital(name)}`)}}

declare module 'vue' {
  interface GlobalComponents {
    'pay-with': DefineComponent<PayWithVue>;
  }
}
`,
  'svelte.d.ts': `import type { HTMLAttributes } from 'svelte/elements';

/** Attributes, properties and events of \`<pay-with>\` in a component. */
export interface PayWithSvelte
  extends Omit<HTMLAttributes<import('./index.js').PayWithElement>, keyof PayWithSvelteOwn>, PayWithSvelteOwn {}

interface PayWithSvelteOwn {
${options()}${handlers((name) => `on${name}`)}}

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'pay-with': PayWithSvelte;
  }
}
`,
};

for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
