// Events in code: what the language server says in the editor.
export const FILES = {
  "shop.js": "import mixpanel from 'mixpanel-browser';\n\nmixpanel.track('Sign Up', { plan: 'pro' });\n",
};
export const LANGUAGE_STEPS = {};
