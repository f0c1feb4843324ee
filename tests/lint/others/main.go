package main

import (
	"context"

	"github.com/mixpanel/mixpanel-go"
)

const paid = "Purchase"

func track(ctx context.Context, mp *mixpanel.ApiClient, id string) error {
	props := map[string]any{"amount": 12.5, "country": "DE"}
	props["is_first"] = true
	return mp.Track(ctx, []*mixpanel.Event{
		mp.NewEvent(paid, id, props),
		mp.NewEvent("Purchased", id, map[string]any{"amount": 1}), // MISTAKE unknown-event
		mp.NewEvent("App Open", id, map[string]interface{}{"is_first": "x"}), // MISTAKE wrong-type
	})
}
