// Builds the staff workbench into dist/, which the hub embeds and serves.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const hub = process.env['HUB_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
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
  server: { proxy: { '/v1': { target: hub, ws: true } } },
});
