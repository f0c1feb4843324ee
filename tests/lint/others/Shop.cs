using System.Collections.Generic;
using mixpanel;

public class Shop
{
    private const string Buy = "Purchase";

    public void Bought(double amount)
    {
        var props = new Value();
        props["amount"] = amount;
        props["country"] = "DE";
        Mixpanel.Track(Buy, props);
        Mixpanel.Track("App Open", "is_first", true);
        Mixpanel.Track("App Open", new Value { ["is_first"] = 5 }); // MISTAKE wrong-type
        Mixpanel.Track("Open App"); // MISTAKE unknown-event
        Mixpanel.People.Set("plan", @"C:\""pro""");
        Mixpanel.StartTimedEvent("Page View");
    }
}
