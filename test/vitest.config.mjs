import { defineConfig } from "vitest/config";

// `npm test` runs every *.test.ts; `npm run test:system` runs *.system.ts, which need root.
const pattern = process.env.BREAKWATER_TEST_SYSTEM ? "test/**/*.system.ts" : "test/**/*.test.ts";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: [pattern],
    // Real engines and registries run in the tests; more at once would only slow each other down.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
