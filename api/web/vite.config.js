import { defineConfig } from 'vite';

export default defineConfig({
  // Where the server serves what is built here.
  base: '/explorer/',
  build: {
    outDir: 'dist',
    // The server's Content-Security-Policy lets nothing be loaded from data: but pictures and fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 10_000,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  // `npm run dev` works against a demo that runs beside it.
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:8080', ws: true }, '/explorer/settings.json': 'http://127.0.0.1:8080' } },
});
