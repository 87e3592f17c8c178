// Unit tests run in Node against real sockets; no DOM is simulated.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { environment: 'node', include: ['src/**/*.test.ts'], testTimeout: 10_000 },
});
