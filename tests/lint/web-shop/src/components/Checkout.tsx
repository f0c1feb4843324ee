import React from 'react';
import { trackEvent, EVENTS } from '../analytics';

interface Props {
  total: number;
  isFirst: boolean;
}

export const Checkout: React.FC<Props> = ({ total, isFirst }) => (
  <section className="checkout">
    <h1>You're nearly done</h1>
    <p>Don't worry: "free" returns, that's what we promise.</p>
    <button onClick={() => trackEvent('Purchase', { amount: total, is_first: isFirst })}>Buy</button>
    <button onClick={() => trackEvent('Log In', { plan: 'pro' })}>Log in</button>
    <a href="https://shop.example/help" onClick={() => trackEvent('Clicked Help')}>Help</a> {/* MISTAKE unknown-event */}
    <button onClick={() => trackEvent('Debug Dump', { anything: 1 })}>Dump</button>
    <button onClick={() => trackEvent('App Open', { is_first: 'yes', internal_build: 3 })}>App</button> {/* MISTAKE wrong-type */}
    <small>{total / 2 / 1} per person</small>
  </section>
);

export function other(audio: { track(name: string): void }, analytics: { track(name: string, p?: object): void }): void {
  audio.track('Chapter One');
  analytics.track('Not Ours', { nope: true });
  const name = isDaytime() ? 'Sign Up' : 'Log In';
  trackEvent(name, { plan: 'free' });
  trackEvent(EVENTS.SIGN_UP, { ...defaults(), plan: `pro-${total()}` });
}

function isDaytime(): boolean {
  return new Date().getHours() < 18;
}

function defaults(): object {
  return {};
}

function total(): number {
  return 1;
}
