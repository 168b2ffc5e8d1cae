// Rendered on the server when it is built, then served as files.
export default { output: 'export', distDir: 'dist' };
