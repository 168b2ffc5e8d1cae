// Xendit's components in their own test mode: the QR channel, submitted by the shop's button.
import { XenditComponentsTest } from 'xendit-components-web';

const components = new XenditComponentsTest({});
const button = Object.assign(document.createElement('button'), { className: 'pay', textContent: 'Pay' });
components.addEventListener('init', () => {
  const channel = components.getActiveChannels({ filter: 'MOCK_QR' })[0];
  const main = document.querySelector('main');
  main.append(components.createChannelComponent(channel), button);
  button.addEventListener('click', () => components.submit());
});
