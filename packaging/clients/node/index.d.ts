// The same types for ESM.
export * from "./index.cjs";
