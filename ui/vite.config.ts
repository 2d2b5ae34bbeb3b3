// How the window is built: one strict bundle for the app, and a second one (`--mode scripted`) that
// also holds the scripted app, so that every screen opens in a plain browser.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ command, mode }) => ({
  plugins: [svelte(), svelteTesting()],
  // Made-up people have no place in the program that is shipped.
  define: { __SCRIPTED__: JSON.stringify(command === 'serve' || mode === 'scripted') },
  build: {
    target: 'safari15',
    outDir: mode === 'scripted' ? 'dist-scripted' : 'dist',
    // The content policy allows no `data:` styles or scripts; keep every asset a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    env: { TZ: 'Europe/Berlin' },
    // Vitest empties style sheets unless told otherwise; the colours are tested.
    css: { include: [/tokens\.css/] },
    // Only a guard against a test that never ends; nothing here waits for time to pass.
    testTimeout: 120_000,
  },
}));
