<?php
// What's told about orders.
namespace Shop;

use Mixpanel;

const BUY = 'Purchase';

class Orders
{
    private $mixpanel;

    public function __construct(string $token)
    {
        $this->mixpanel = Mixpanel::getInstance($token);
    }

    public function bought(float $amount): void
    {
        $props = ['amount' => $amount, 'country' => "DE"];
        $props['is_first'] = true;
        $this->mixpanel->track(BUY, $props);
        $this->mixpanel->track("Page View", array("page" => "/$amount", 'is_first' => 'no')); // MISTAKE wrong-type
        $this->mixpanel->track('PageView'); // MISTAKE unknown-event
        $this->mixpanel->people->set(12, ['$email' => 'x@y', 'plan' => 'pro']);
    }
}
?>
<p>Don't $this->mixpanel->track('Not Code')</p>
