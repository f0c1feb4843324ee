import mixpanel from 'mixpanel-browser';

export const EVENTS = {
  SIGN_UP: 'Sign Up',
  PURCHASE: 'Purchase',
  PAGE_VIEW: 'Page View',
} as const;

type Props = Record<string, unknown>;

export function init(token: string): void {
  mixpanel.init(token, { track_pageview: true, persistence: 'localStorage' });
}

/** What components call, so that nobody forgets the consent. */
export function trackEvent(event: string, props: Props = {}): void {
  if (!hasConsent()) return;
  mixpanel.track(event, props);
}

function hasConsent(): boolean {
  return /consent=(yes|"yes")/.test(document.cookie);
}

export function signedUp(plan: string, referrer: string): void {
  mixpanel.track(EVENTS.SIGN_UP, { plan, referrer });
  mixpanel.people.set({ $email: readEmail(), plan });
  mixpanel.register({ plan, source: 'web' });
}

export function signedUpOld(plan: string): void {
  mixpanel.track('sign_up', { plan }); // MISTAKE unknown-event
}

export function viewed(page: string): void {
  mixpanel.time_event('Page View');
  const props: Props = { page, $city: 'Berlin' };
  if (document.referrer) {
    props.referrer = document.referrer;
  }
  mixpanel.track(EVENTS.PAGE_VIEW, props);
}

export function bought(amount: number, items: string[]): void {
  mixpanel.track(EVENTS.PURCHASE, {
    amount: '19.90', // MISTAKE wrong-type
    country: 'DE',
    cart: { items },
    // A comment with an apostrophe: it's fine, mixpanel.track('nothing') in here is not code.
    voucher_code: null, // MISTAKE unknown-property
  });
  mixpanel.track('Purchse', { amount }); // MISTAKE unknown-event
}

function readEmail(): string {
  return `${localStorage.getItem('user')}@shop.example`;
}
