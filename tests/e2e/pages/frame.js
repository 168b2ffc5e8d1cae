// The plain page in a sandboxed frame, as shop builders put it; `?open` takes the sandbox away.
const frame = document.createElement('iframe');
if (!new URLSearchParams(location.search).has('open')) {
  frame.sandbox = 'allow-scripts allow-same-origin allow-forms allow-popups allow-top-navigation-by-user-activation';
}
frame.width = 360;
frame.height = 780;
frame.src = `/plain${location.search}`;
document.body.append(frame);
