#import <Mixpanel/Mixpanel.h>

@implementation Tracker

- (void)opened {
    Mixpanel *mixpanel = [Mixpanel sharedInstance];
    [mixpanel track:@"App Open" properties:@{@"is_first": @YES, @"$os": @"iOS"}];
    [mixpanel track:@"App Opens"]; // MISTAKE unknown-event
    [mixpanel timeEvent:@"Page View"];
    [self.player track:@"Song"];
}

@end
