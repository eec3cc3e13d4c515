/** Builds the web into dist/web, and serves it in development against a running server. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env['CROWSNEST_URL'] ?? 'http://127.0.0.1:4300'

export default defineConfig(({ command }) => ({
  root: 'src/web',
  plugins: [react()],
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy refuses inline text: nothing is folded into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // A build is for people, whoever starts it: a test's NODE_ENV must not put React's own checks in.
  define: command === 'build' ? { 'process.env.NODE_ENV': JSON.stringify('production') } : {},
  server: { proxy: { '/api': server } },
}))
