// Takes one service of the platform away from the page, or makes it throw, before the widget is there: as
// sandboxed frames, in-app browsers, private windows, policies and privacy settings do.
const refuse = () => { throw new DOMException('denied', 'SecurityError'); };

/** Puts a value, or nothing, in the place of a member, wherever its getter lives. */
const replace = (object, name, value) => {
  Object.defineProperty(object, name, { configurable: true, get: () => value, set: () => {} });
};
const deny = (object, name) => {
  Object.defineProperty(object, name, { configurable: true, get: refuse });
};
/** No clipboard, and a browser that copies the selected text itself, or refuses to. */
const copyTheOldWay = (answer) => {
  replace(Navigator.prototype, 'clipboard', undefined);
  Document.prototype.execCommand = () => {
    window.copied = document.activeElement.value;
    return answer;
  };
};
/** A class whose constructor throws. */
const unusable = class { constructor() { refuse(); } };

const SERVICES = {
  'storage denied': () => deny(window, 'localStorage'),
  'storage missing': () => replace(window, 'localStorage', undefined),
  'storage full': () => { Storage.prototype.setItem = refuse; },
  'locks missing': () => replace(Navigator.prototype, 'locks', undefined),
  'locks throwing': () => replace(Navigator.prototype, 'locks', { request: refuse }),
  'locks rejecting': () => replace(Navigator.prototype, 'locks', { request: async () => refuse() }),
  'channels missing': () => { delete window.BroadcastChannel; },
  'channels throwing': () => replace(window, 'BroadcastChannel', unusable),
  'crypto missing': () => replace(window, 'crypto', undefined),
  'crypto throwing': () => replace(window, 'crypto', { getRandomValues: refuse }),
  'clipboard missing': () => replace(Navigator.prototype, 'clipboard', undefined),
  'clipboard missing, copying the old way': () => copyTheOldWay(true),
  'clipboard missing, copying refused': () => copyTheOldWay(false),
  'history throwing': () => { History.prototype.replaceState = refuse; },
  'performance missing': () => replace(window, 'performance', undefined),
  'performance throwing': () => deny(window, 'performance'),
  'matchMedia missing': () => replace(window, 'matchMedia', undefined),
  'Intl missing': () => replace(window, 'Intl', undefined),
  'a canvas that lies': () => {
    HTMLCanvasElement.prototype.toDataURL = () => 'data:image/png;base64,iVBORw0KGgo=';
    HTMLCanvasElement.prototype.getContext = () => null;
  },
  'aborting missing': () => replace(window, 'AbortController', undefined),
  'observers missing': () => replace(window, 'MutationObserver', undefined),
  'sheets throwing': () => replace(window, 'CSSStyleSheet', unusable),
  'sheets not adopted': () => { delete ShadowRoot.prototype.adoptedStyleSheets; },
  'language missing': () => replace(Navigator.prototype, 'language', undefined),
  'online missing': () => replace(Navigator.prototype, 'onLine', undefined),
  'a fetch of the page': () => {
    const fetch = window.fetch;
    window.fetch = (...words) => ({ then: (...calls) => fetch(...words).then(...calls) });
  },
  'a canvas with noise': () => {
    const getImageData = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function noisy(...words) {
      const pixels = getImageData.apply(this, words);
      for (let at = 0; at < pixels.data.length; at += 1) pixels.data[at] = Math.floor(Math.random() * 256);
      return pixels;
    };
    HTMLCanvasElement.prototype.toDataURL = () => 'data:image/png;base64,iVBORw0KGgo=';
  },
  'dialogs missing': () => { delete HTMLDialogElement.prototype.showModal; },
  'wake locks throwing': () => replace(Navigator.prototype, 'wakeLock', { request: refuse }),
  'the window has no name': () => deny(window, 'name'),
};

export const names = Object.keys(SERVICES);
export const breakService = (name) => SERVICES[name]();

/** A platform that is another one than this browser's, for what differs from device to device. */
const PLATFORMS = {
  phone: () => {
    const matchMedia = window.matchMedia.bind(window);
    window.matchMedia = (query) => (query.includes('pointer: coarse') ? { matches: true } : matchMedia(query));
  },
  desktop: () => {
    const matchMedia = window.matchMedia.bind(window);
    window.matchMedia = (query) => (query.includes('pointer: coarse') ? { matches: false } : matchMedia(query));
  },
  'with a sheet': () => {
    replace(Navigator.prototype, 'canShare', ({ files }) => files?.length === 1 && files[0].type === 'image/png');
    replace(Navigator.prototype, 'share', async (data) => {
      window.shared = data;
      if (window.refusal) throw new DOMException('no', window.refusal);
    });
  },
  'without a sheet': () => replace(Navigator.prototype, 'canShare', undefined),
  iPhone: () => replace(Navigator.prototype, 'standalone', false),
  'inside another app': () => replace(Navigator.prototype, 'userAgent', 'Mozilla/5.0 (Linux; Android 14; wv) Chrome/126'),
  'with wake locks': () => {
    window.locks = [];
    const request = async () => {
      window.locks.push('requested');
      return { release: async () => { window.locks.push('released'); } };
    };
    replace(Navigator.prototype, 'wakeLock', { request });
  },
};
export const bePlatform = (name) => PLATFORMS[name]();
