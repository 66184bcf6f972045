// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const api = process.env.FENGSUI_URL ?? 'http://127.0.0.1:8640';

export default defineConfig({
  plugins: [
    vue({
      template: {
        // A hoisted run of static nodes is written as one HTML string, which neither the
        // content security policy nor Trusted Types would let through.
        compilerOptions: { hoistStatic: false },
      },
    }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __VUE_OPTIONS_API__: 'false' },
  build: {
    target: ['chrome87', 'firefox91', 'safari14'],
    cssTarget: ['chrome87', 'firefox91', 'safari14'],
    // Not "assets": that is the page of the school's assets.
    assetsDir: 'static',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
  },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': api, '/healthz': api } },
  test: { include: ['tests/**/*.test.ts'], environment: 'node', setupFiles: ['tests/setup.ts'] },
} as Parameters<typeof defineConfig>[0]);
