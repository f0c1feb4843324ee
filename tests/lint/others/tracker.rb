# frozen_string_literal: true

require 'mixpanel-ruby'

class Shop
  BUY = 'Purchase'

  def initialize(token)
    @tracker = Mixpanel::Tracker.new(token)
  end

  def bought(user, amount)
    @tracker.track(user.id, BUY, { 'amount' => amount, :country => 'DE', is_first: false })
    @tracker.track user.id, 'Log In', plan: 'pro', page: '/'
    @tracker.track(user.id, 'Log in', 'plan' => 'pro') # MISTAKE unknown-event
    @tracker.track(user.id, 'Purchase', amount: '5') # MISTAKE wrong-type
    text = <<~TEXT
      @tracker.track(user.id, 'In A Heredoc')
    TEXT
    @tracker.people.set(user.id, { '$email' => user.email, 'note' => text })
  end
end
