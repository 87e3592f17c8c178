// Builds the staff workbench into dist/, which the hub embeds and serves.
import react from '@vitejs/plugin-react';
import { type Plugin, defineConfig } from 'vite';

const hub = process.env['HUB_URL'] ?? 'http://127.0.0.1:8080';

/** What the service worker keeps for when the network is away: every file of the program. */
function shell(): Plugin {
  return {
    name: 'shell',
    generateBundle: {
      // Last: a chunk of nothing but styles is taken out of the bundle only then, and one file in
      // the list that is not there keeps the worker from being installed.
      order: 'post',
      handler(_options, bundle) {
        const files = Object.keys(bundle).filter((file) => file.startsWith('assets/')).map((file) => `/${file}`);
        this.emitFile({ type: 'asset', fileName: 'shell.json', source: JSON.stringify(files.sort()) });
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), shell()],
  build: {
    target: 'es2022',
    rollupOptions: {
      output: {
        manualChunks(id) {
          return /node_modules\/(react|react-dom|scheduler)\//.test(id) ? 'react' : undefined;
        },
      },
    },
  },
  server: { proxy: { '/v1': { target: hub, ws: true }, '/oauth': hub, '/.well-known': hub } },
});
