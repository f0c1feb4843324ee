// The same types for CommonJS.
export * from "./index.js" with { "resolution-mode": "import" };
