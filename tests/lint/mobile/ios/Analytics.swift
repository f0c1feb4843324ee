import Foundation
import Mixpanel

enum Event: String {
    case signUp = "Sign Up"
    case purchase = "Purchase"
    case gone = "Sign Out"
}

final class Analytics {
    static let appOpen = "App Open"

    func start() {
        Mixpanel.initialize(token: Config.token, trackAutomaticEvents: true)
        Mixpanel.mainInstance().track(event: Analytics.appOpen, properties: ["$os": "iOS", "is_first": true])
        Mixpanel.mainInstance().time(event: "Page View")
    }

    func signedUp(user: User) {
        Mixpanel.mainInstance().track(event: Event.signUp.rawValue, properties: [
            "plan": user.plan,
            "referrer": "\(user.referrer ?? "none")",
            "tags": ["a", "b"],
        ])
        Mixpanel.mainInstance().people.set(properties: ["$email": user.email, "plan": user.plan])
        Mixpanel.mainInstance().track(event: Event.gone.rawValue) // MISTAKE unknown-event
    }

    func bought(total: Double) {
        var props: Properties = ["amount": total, "country": "DE"]
        props["is_first"] = "true" // MISTAKE wrong-type
        Mixpanel.mainInstance().track(event: Event.purchase.rawValue, properties: props)
        Mixpanel.mainInstance().track(event: "Purchase", properties: ["ammount": total]) // MISTAKE unknown-property
        let raw = #"Mixpanel.mainInstance().track(event: "In A Raw String")"#
        player.track(event: "Not Mixpanel", properties: ["x": raw])
    }
}
