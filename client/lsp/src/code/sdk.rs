//! The methods of Mixpanel's libraries: which of their arguments is the event, and which are its properties. One table for all of them.

use super::model::Subject;
use crate::scan::Language::{self, CSharp, Dart, Go, Java, JavaScript, Kotlin, ObjectiveC, Php, Python, Ruby, Swift};

/// On which part of a library a method is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    /// The library itself.
    Root,
    /// Its users.
    People,
    /// Its groups.
    Group,
}

/// A method, or several that take the same.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) languages: &'static [Language],
    pub(crate) on: On,
    pub(crate) names: &'static [&'static str],
    pub(crate) subject: Subject,
    pub(crate) sends: bool,
    /// The place of the event, and its names where arguments have names.
    pub(crate) event: Option<(usize, &'static [&'static str])>,
    /// The places where an object of properties may be; the first that is one counts.
    pub(crate) objects: &'static [usize],
    /// The name of that argument.
    pub(crate) object: &'static [&'static str],
    /// The places where the name of one property may be, with the value behind it.
    pub(crate) single: &'static [usize],
}

const EVENT: &[&str] = &["event", "event_name", "eventName"];

const PROPERTIES: &[&str] = &["properties", "props"];

/// An event with its properties.
const fn event(
    languages: &'static [Language],
    names: &'static [&'static str],
    at: usize,
    objects: &'static [usize],
) -> Method {
    Method {
        languages,
        on: On::Root,
        names,
        subject: Subject::Event,
        sends: true,
        event: Some((at, EVENT)),
        objects,
        object: PROPERTIES,
        single: &[],
    }
}

/// An event that is named, and not sent.
const fn time(languages: &'static [Language], names: &'static [&'static str]) -> Method {
    Method { sends: false, ..event(languages, names, 0, &[]) }
}

/// Properties of something else than one event.
const fn set(
    languages: &'static [Language],
    (on, subject): (On, Subject),
    names: &'static [&'static str],
    objects: &'static [usize],
    single: &'static [usize],
) -> Method {
    Method { on, subject, sends: false, event: None, single, ..event(languages, names, 0, objects) }
}

const SUPER: (On, Subject) = (On::Root, Subject::Super);

const USER: (On, Subject) = (On::People, Subject::User);

const GROUP: (On, Subject) = (On::Group, Subject::Group);

/// Of users, on the library itself.
const ROOT_USER: (On, Subject) = (On::Root, Subject::User);

const ROOT_GROUP: (On, Subject) = (On::Root, Subject::Group);

/// What changes profiles in the libraries with objects for them.
const CHANGES: &[&str] = &[
    "set",
    "setMap",
    "set_once",
    "setOnce",
    "setOnceMap",
    "increment",
    "append",
    "union",
    "remove",
    "unset",
    "plus_one",
];

/// All methods.
pub(crate) const METHODS: &[Method] = &[
    // mixpanel-browser, mixpanel (Node), mixpanel-react-native
    event(&[JavaScript], &["track", "track_with_groups", "trackWithGroups"], 0, &[1]),
    event(&[JavaScript], &["track_links", "track_forms"], 1, &[2]),
    event(&[JavaScript], &["import"], 0, &[2]),
    time(&[JavaScript], &["time_event", "timeEvent", "eventElapsedTime", "clearTimedEvent"]),
    set(&[JavaScript], SUPER, &["track_pageview", "register", "register_once", "register_for_session"], &[0], &[]),
    set(&[JavaScript], SUPER, &["registerSuperProperties", "registerSuperPropertiesOnce"], &[0], &[]),
    set(&[JavaScript], SUPER, &["unregister", "unregisterSuperProperty"], &[], &[0]),
    set(&[JavaScript], USER, CHANGES, &[0, 1], &[0]),
    set(&[JavaScript], USER, &["track_charge", "trackCharge"], &[1, 2], &[]),
    set(&[JavaScript], GROUP, CHANGES, &[0, 2], &[0]),
    // mixpanel (Python)
    event(&[Python], &["track"], 1, &[2]),
    event(&[Python], &["import_data"], 2, &[4]),
    set(&[Python], ROOT_USER, &["people_set", "people_set_once", "people_increment", "people_append"], &[1], &[]),
    set(&[Python], ROOT_USER, &["people_union", "people_remove"], &[1], &[]),
    set(&[Python], ROOT_USER, &["people_track_charge"], &[2], &[]),
    set(&[Python], ROOT_GROUP, &["group_set", "group_set_once", "group_union", "group_remove"], &[2], &[]),
    // mixpanel-ruby
    event(&[Ruby], &["track"], 1, &[2]),
    event(&[Ruby], &["import"], 2, &[3]),
    set(&[Ruby], USER, CHANGES, &[1], &[]),
    set(&[Ruby], GROUP, CHANGES, &[2], &[]),
    // mixpanel-swift
    event(&[Swift], &["track", "trackWithGroups"], 0, &[1]),
    time(&[Swift], &["time", "eventElapsedTime", "clearTimedEvent"]),
    set(&[Swift], SUPER, &["registerSuperProperties", "registerSuperPropertiesOnce"], &[0], &[]),
    set(&[Swift], SUPER, &["unregisterSuperProperty"], &[], &[0]),
    set(&[Swift], USER, CHANGES, &[0], &[0]),
    set(&[Swift], GROUP, CHANGES, &[0], &[0]),
    // mixpanel-iphone
    event(&[ObjectiveC], &["track", "trackWithGroups"], 0, &[1]),
    time(&[ObjectiveC], &["timeEvent", "eventElapsedTime", "clearTimedEvent"]),
    set(&[ObjectiveC], SUPER, &["registerSuperProperties", "registerSuperPropertiesOnce"], &[0], &[]),
    set(&[ObjectiveC], USER, &["set", "setOnce", "increment", "append", "union"], &[0], &[0]),
    // mixpanel-android, mixpanel-java
    event(&[Java, Kotlin], &["track", "trackMap", "trackWithGroups"], 0, &[1]),
    event(&[Java, Kotlin], &["event", "importEvent"], 1, &[2]),
    time(&[Java, Kotlin], &["timeEvent", "eventElapsedTime", "clearTimedEvent"]),
    set(&[Java, Kotlin], SUPER, &["registerSuperProperties", "registerSuperPropertiesOnce"], &[0], &[]),
    set(&[Java, Kotlin], SUPER, &["registerSuperPropertiesMap", "registerSuperPropertiesOnceMap"], &[0], &[]),
    set(&[Java, Kotlin], SUPER, &["unregisterSuperProperty"], &[], &[0]),
    set(&[Java, Kotlin], USER, CHANGES, &[0, 1], &[0]),
    set(&[Java, Kotlin], USER, &["trackCharge"], &[1], &[]),
    set(&[Java, Kotlin], GROUP, CHANGES, &[0], &[0]),
    // mixpanel-go, and dukex/mixpanel
    event(&[Go], &["NewEvent"], 0, &[2]),
    event(&[Go], &["Track"], 1, &[2]),
    set(&[Go], ROOT_USER, &["NewPeopleProperties"], &[1], &[]),
    set(&[Go], ROOT_USER, &["PeopleIncrement", "PeopleAppendListProperty", "PeopleUnionProperty"], &[2], &[]),
    set(&[Go], ROOT_GROUP, &["NewGroupProperties"], &[2], &[]),
    // mixpanel-php
    event(&[Php], &["track"], 0, &[1]),
    set(&[Php], SUPER, &["registerAll", "registerAllOnce"], &[0], &[]),
    set(&[Php], SUPER, &["register", "registerOnce", "unregister"], &[], &[0]),
    set(&[Php], USER, CHANGES, &[1], &[1]),
    set(&[Php], GROUP, CHANGES, &[2], &[2]),
    // mixpanel_flutter
    event(&[Dart], &["track", "trackWithGroups"], 0, &[1]),
    time(&[Dart], &["timeEvent", "eventElapsedTime", "clearTimedEvent"]),
    set(&[Dart], SUPER, &["registerSuperProperties", "registerSuperPropertiesOnce"], &[0], &[]),
    set(&[Dart], SUPER, &["unregisterSuperProperty"], &[], &[0]),
    set(&[Dart], USER, CHANGES, &[], &[0]),
    set(&[Dart], USER, &["trackCharge"], &[1], &[]),
    set(&[Dart], GROUP, CHANGES, &[], &[0]),
    // mixpanel-unity, mixpanel-csharp
    Method { single: &[1], ..event(&[CSharp], &["Track"], 0, &[1]) },
    event(&[CSharp], &["TrackAsync"], 0, &[1, 2]),
    time(&[CSharp], &["StartTimedEvent", "StartTimedEventOnce", "ClearTimedEvent"]),
    set(&[CSharp], SUPER, &["Register", "RegisterOnce", "Unregister"], &[], &[0]),
    set(&[CSharp], USER, &["Set", "SetOnce", "Increment", "Append", "Union", "Unset", "Remove"], &[0], &[0]),
    set(&[CSharp], ROOT_USER, &["PeopleSetAsync", "PeopleSetOnceAsync"], &[0, 1], &[]),
];

/// What the part for users is called.
const PEOPLE: [&str; 4] = ["people", "getPeople", "People", "get_people"];

/// What the part for groups is called.
const GROUPS: [&str; 6] = ["get_group", "getGroup", "groups", "group", "Group", "GetGroup"];

impl On {
    /// Returns the part that a name stands for.
    pub(crate) fn of(name: &str) -> Self {
        match name {
            name if PEOPLE.contains(&name) => Self::People,
            name if GROUPS.contains(&name) => Self::Group,
            _ => Self::Root,
        }
    }
}

/// Returns whether a name is that of a method in a language, on whatever part.
pub(crate) fn is_method(language: Language, name: &str) -> bool {
    METHODS.iter().any(|method| method.languages.contains(&language) && method.names.contains(&name))
}

/// Returns a method.
pub(crate) fn method(language: Language, on: On, name: &str) -> Option<&'static Method> {
    METHODS
        .iter()
        .find(|method| method.on == on && method.languages.contains(&language) && method.names.contains(&name))
}
