import { defineConfig } from "vitest/config";

// `npm test` runs every *.test.ts; `npm run test:system` runs *.system.ts, which need root.
const pattern = process.env.BREAKWATER_TEST_SYSTEM ? "test/**/*.system.ts" : "test/**/*.test.ts";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: [pattern],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
