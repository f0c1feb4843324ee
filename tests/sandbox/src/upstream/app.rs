//! The App API as far as it is faked: who am I, what a project has, and links to reports.

use std::collections::BTreeMap;

use mp_proto::ids::Region;
use serde_json::{Map, Value, json};

use super::asking::{Asking, Refusal};
use super::data::{BOOKMARKS, Data, EVENTS, PROPERTIES, mix};
use super::made;
use super::people::{Place, Project};
use super::reply::Reply;

/// The characters of a link's slug: those that cannot be mistaken for another.
const SLUG: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The links that were made, by region, project and slug.
pub(crate) type Links = BTreeMap<(Region, u64, String), Value>;

/// What is at a path below `/{region}/app/`. Whether it ends with a slash is a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    /// `me`
    Me,
    /// `projects/metadata/index`
    Index,
    /// `projects/{id}/workspaces/public`
    Workspaces(Place),
    /// `projects/{id}/dashboards` or `workspaces/{id}/dashboards`, and so with all that have a place.
    Dashboards(Place),
    /// `…/bookmarks`
    Bookmarks(Place),
    /// `…/bookmarks/{id}`
    Bookmark(Place, u64),
    /// `projects/{id}/schemas`, or those of one type
    Schemas(Place, Option<String>),
    /// `…/data-definitions/events/`
    Events(Place),
    /// `…/data-definitions/properties/`
    Properties(Place),
    /// `…/annotations/`, also without its slash
    Annotations(Place),
    /// `projects/{id}/bookmark-urls/`
    Links(Place),
    /// `projects/{id}/bookmark-urls/{slug}/`
    Link(Place, String),
    /// `…/data-definitions/lookup-tables/upload-status/`
    UploadStatus(Place),
    /// `…/data-definitions/lookup-tables/`, to register a file that was uploaded
    LookupTables(Place),
    /// `…/dashboards/{id}/blueprint-config`
    BlueprintConfig(Place, u64),
    /// `…/dashboards/blueprints/cohorts`
    BlueprintCohorts(Place),
    /// `…/dashboards/blueprints/finish`
    BlueprintFinish(Place),
}

impl Resource {
    pub(crate) fn at(path: &str) -> Option<Self> {
        let words: Vec<&str> = path.split('/').collect();
        let (place, rest) = match words.as_slice() {
            ["me"] => return Some(Self::Me),
            ["projects", "metadata", "index"] => return Some(Self::Index),
            ["projects", id, rest @ ..] => (Place::Project(id.parse().ok()?), rest),
            ["workspaces", id, rest @ ..] => (Place::Workspace(id.parse().ok()?), rest),
            _ => return None,
        };
        let is_project = matches!(place, Place::Project(_));
        match rest {
            ["dashboards"] => Some(Self::Dashboards(place)),
            ["bookmarks"] => Some(Self::Bookmarks(place)),
            ["bookmarks", id] => Some(Self::Bookmark(place, id.parse().ok()?)),
            ["data-definitions", "events", ""] => Some(Self::Events(place)),
            ["data-definitions", "properties", ""] => Some(Self::Properties(place)),
            ["data-definitions", "lookup-tables", "upload-status", ""] => Some(Self::UploadStatus(place)),
            ["data-definitions", "lookup-tables", ""] => Some(Self::LookupTables(place)),
            ["dashboards", "blueprints", "cohorts"] => Some(Self::BlueprintCohorts(place)),
            ["dashboards", "blueprints", "finish"] => Some(Self::BlueprintFinish(place)),
            ["dashboards", id, "blueprint-config"] => Some(Self::BlueprintConfig(place, id.parse().ok()?)),
            ["annotations"] | ["annotations", ""] => Some(Self::Annotations(place)),
            ["workspaces", "public"] if is_project => Some(Self::Workspaces(place)),
            ["schemas"] if is_project => Some(Self::Schemas(place, None)),
            ["schemas", kind @ ("event" | "profile")] if is_project => Some(Self::Schemas(place, Some((*kind).into()))),
            ["bookmark-urls", ""] if is_project => Some(Self::Links(place)),
            ["bookmark-urls", slug, ""] if is_project => Some(Self::Link(place, (*slug).to_owned())),
            _ => None,
        }
    }

    fn place(&self) -> Option<Place> {
        match self {
            Self::Me | Self::Index => None,
            Self::Workspaces(place)
            | Self::Dashboards(place)
            | Self::Bookmarks(place)
            | Self::Bookmark(place, _)
            | Self::Schemas(place, _)
            | Self::Events(place)
            | Self::Properties(place)
            | Self::Annotations(place)
            | Self::Links(place)
            | Self::Link(place, _)
            | Self::UploadStatus(place)
            | Self::LookupTables(place)
            | Self::BlueprintConfig(place, _)
            | Self::BlueprintCohorts(place)
            | Self::BlueprintFinish(place) => Some(*place),
        }
    }

    fn method(&self) -> &'static str {
        match self {
            Self::Links(_) | Self::LookupTables(_) | Self::BlueprintFinish(_) => "POST",
            Self::BlueprintCohorts(_) => "PUT",
            _ => "GET",
        }
    }

    /// Returns the parameters that it takes. All others are refused.
    fn parameters(&self) -> &'static [&'static str] {
        match self {
            Self::Bookmarks(_) => &["v", "type", "project_id", "query_origin"],
            Self::Bookmark(..) => &["v"],
            Self::Schemas(..) => &["entity_name", "query_origin"],
            Self::Properties(_) => &["resourceType", "includeDensity", "includeCustom", "includeZeroCounts"],
            Self::UploadStatus(_) => &["upload-id"],
            Self::Annotations(_) => &["fromDate", "toDate", "tags", "page_size", "cursor"],
            _ => &[],
        }
    }
}

/// Answers a user whose credential was good.
pub(crate) fn answer(data: &Data, links: &mut Links, resource: Resource, asking: &mut Asking<'_>) -> Reply {
    match found(data, links, &resource, asking) {
        Ok(body) => Reply::json(200, &body),
        Err(refusal) => {
            let reply = failure(refusal.status, &refusal.text);
            if refusal.status == 405 { reply.header("Allow", resource.method()) } else { reply }
        }
    }
}

fn found(data: &Data, links: &mut Links, resource: &Resource, asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    asking.method(resource.method())?;
    check_parameters(resource, asking)?;
    let Some(place) = resource.place() else {
        return Ok(if *resource == Resource::Me { asking.user.me() } else { index(asking) });
    };
    let denied = || Refusal::new(403, "You do not have permission to access this project");
    let project = asking.user.sees(asking.region, place).ok_or_else(denied)?;
    let results = match resource {
        // Those without a place are answered above.
        Resource::Me | Resource::Index => Value::Null,
        Resource::Dashboards(_) => return Ok(project.dashboards()),
        Resource::Annotations(_) => return annotations(data, project, asking),
        Resource::Workspaces(_) => project.workspaces.iter().map(|one| one.me(project.id)).collect(),
        Resource::Bookmarks(_) => bookmarks(project, asking)?,
        Resource::Bookmark(_, id) => {
            version(asking)?;
            let row = BOOKMARKS.iter().find(|(known, ..)| known == id);
            let row = row.map(|(_, kind, name)| bookmark(project, *id, kind, name));
            row.ok_or_else(|| Refusal::new(404, format!("Bookmark {id} not found")))?
        }
        Resource::Schemas(_, kind) => schemas(kind.as_deref(), asking)?,
        Resource::Events(_) => EVENTS.iter().zip(7001..).map(event).collect(),
        Resource::Properties(_) => properties(asking)?,
        Resource::Links(_) => link(links, project, asking)?,
        Resource::Link(_, slug) => {
            let link = links.get(&(asking.region, project.id, slug.clone())).cloned();
            link.ok_or_else(|| Refusal::new(404, format!("Report {slug} not found")))?
        }
        Resource::UploadStatus(_) => made::upload_status(asking)?,
        Resource::LookupTables(_) => made::lookup_table(asking)?,
        Resource::BlueprintConfig(_, id) => made::blueprint_config(project, *id)?,
        Resource::BlueprintCohorts(_) => made::blueprint_cohorts(asking)?,
        Resource::BlueprintFinish(_) => made::blueprint_finish(project, asking)?,
    };
    Ok(json!({"status": "ok", "results": results}))
}

fn check_parameters(resource: &Resource, asking: &mut Asking<'_>) -> Result<(), Refusal> {
    let known = resource.parameters();
    asking.only(known);
    let unknown = asking.received.query.iter().find(|(name, _)| !known.contains(&name.as_str()));
    match (resource, unknown) {
        // What it answers is for whoever asks, and it does not look at more.
        (Resource::Me, _) | (_, None) => Ok(()),
        (_, Some((name, _))) => Err(Refusal::new(400, format!("Unknown parameter: {name}"))),
    }
}

fn index(asking: &Asking<'_>) -> Value {
    let here = asking.user.projects.iter().filter(|project| project.region == asking.region);
    let row = |project: &Project| {
        let workspaces = project.workspaces.iter().map(|one| (one.id.to_string(), one.me(project.id)));
        let workspaces: Map<_, _> = workspaces.collect();
        (project.id.to_string(), json!({"id": project.id, "name": project.name, "workspaces": workspaces}))
    };
    json!({"status": "ok", "results": here.map(row).collect::<Map<_, _>>()})
}

fn version(asking: &mut Asking<'_>) -> Result<(), Refusal> {
    match asking.optional("v") {
        Some("2") => Ok(()),
        _ => Err(asking.fault(400, "v must be 2")),
    }
}

fn bookmarks(project: &Project, asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    version(asking)?;
    if asking.optional("project_id").is_some_and(|id| id != project.id.to_string()) {
        asking.object("project_id is that of the path");
    }
    let wanted = asking.optional("type");
    let rows = BOOKMARKS.iter().filter(|(_, kind, _)| wanted.is_none_or(|wanted| wanted == *kind));
    let rows: Vec<_> = rows.map(|(id, kind, name)| bookmark(project, *id, kind, name)).collect();
    Ok(json!({"results": rows}))
}

fn bookmark(project: &Project, id: u64, kind: &str, name: &str) -> Value {
    json!({
        "id": id, "project_id": project.id, "name": name, "type": kind, "description": format!("{name} report"),
        "params": {"sections": {"show": [], "time": [], "filter": [], "group": []}},
        "dashboard_id": project.id * 10 + 1, "workspace_id": project.workspaces.first().map(|one| one.id),
        "creator_id": 42, "creator_name": "Ada L",
        "created": "2025-01-15T11:00:00", "modified": "2025-02-01T16:45:12",
    })
}

fn schemas(kind: Option<&str>, asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    let row = |kind: &str, name: &str| {
        let properties = PROPERTIES.iter().map(|(name, kind, _)| ((*name).to_owned(), json!({"type": kind})));
        let schema = json!({
            "description": format!("Sent when {name} happens"), "additionalProperties": true,
            "properties": properties.collect::<Map<_, _>>(),
            "metadata": {"com.mixpanel": {"$source": "api", "displayName": name, "tags": ["core"], "hidden": false}},
        });
        json!({"entityType": kind, "name": name, "schemaJson": schema, "version": "2025-01-10"})
    };
    let events = EVENTS.iter().map(|name| row("event", name));
    let all: Vec<Value> = events.chain([row("profile", "$user")]).collect();
    let is_wanted = |row: &&Value| kind.is_none_or(|kind| row["entityType"] == kind);
    let Some(name) = asking.optional("entity_name") else {
        return Ok(all.iter().filter(is_wanted).cloned().collect());
    };
    let found = all.iter().filter(is_wanted).find(|row| row["name"] == name && kind.is_some());
    found.map(|row| row["schemaJson"].clone()).ok_or_else(|| Refusal::new(404, format!("Schema {name} not found")))
}

fn event((name, id): (&&str, u64)) -> Value {
    json!({
        "id": id, "name": name, "displayName": name, "description": format!("Sent when {name} happens"),
        "hidden": false, "dropped": false, "merged": false, "verified": true, "tags": ["core"], "status": "active",
        "platforms": ["Web", "iOS"], "lastModified": "2025-01-30T10:00:00Z", "count": mix(&[id]) % 10_000,
    })
}

fn properties(asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    let flags = ["includeDensity", "includeCustom", "includeZeroCounts"];
    for flag in flags {
        asking.choice(flag, &["false", "true"])?;
    }
    asking.required("resourceType")?;
    let resource = asking.choice("resourceType", &["Event", "User"])?;
    let with_density = asking.optional("includeDensity") == Some("true");
    let row = |((name, kind, values), id): (&(&str, &str, &[&str]), u64)| {
        let mut row = json!({
            "id": id, "name": name, "resourceType": resource, "displayName": name, "description": format!("The {name}"),
            "exampleValue": values.first(), "hidden": false, "dropped": false, "merged": false, "sensitive": false,
            "dataGroupId": null, "type": kind, "count": mix(&[id]) % 1000,
        });
        if with_density {
            row["densityLocal"] = json!((mix(&[id, 1]) % 100) as f64 / 100.0);
        }
        row
    };
    Ok(PROPERTIES.iter().zip(7501..).map(row).collect())
}

/// Returns a page of the annotations. What a cursor holds is nobody's business; one of another list is refused.
fn annotations(data: &Data, project: &Project, asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    let size = asking.number("page_size", 100, (1, 1000))?;
    let cursor = |start: u64| format!("{start:x}-{:016x}", mix(&[project.id, start]));
    let start = match asking.optional("cursor") {
        None => 0,
        Some(given) => {
            let start = given.split('-').next().and_then(|word| u64::from_str_radix(word, 16).ok());
            let start = start.filter(|start| cursor(*start) == given);
            start.ok_or_else(|| Refusal::new(400, "Invalid cursor"))?
        }
    };
    let end = data.annotations.min(start.saturating_add(size));
    let row = |at: u64| {
        json!({
            "id": 6001 + at, "project_id": project.id, "description": format!("Version 4.{at} shipped"),
            "date": format!("2025-01-{:02}T00:00:00", 1 + at % 28),
            "user": {"id": 42, "first_name": "Ada", "last_name": "L"}, "tags": [{"id": 61, "name": "release"}],
        })
    };
    Ok(json!({
        "status": "ok",
        "results": (start..end).map(row).collect::<Vec<_>>(),
        "pagination": {
            "page_size": size,
            "next_cursor": (end < data.annotations).then(|| cursor(end)),
            "previous_cursor": (start > 0).then(|| cursor(start.saturating_sub(size))),
        },
    }))
}

fn link(links: &mut Links, project: &Project, asking: &mut Asking<'_>) -> Result<Value, Refusal> {
    let body = asking.body(&["slug", "type", "params", "name", "description", "bookmark_id"])?;
    let slug = body.get("slug").and_then(Value::as_str).unwrap_or_default();
    if slug.len() != 12 || !slug.chars().all(|one| SLUG.contains(one)) {
        return Err(asking.fault(400, "slug must be 12 characters of base 58"));
    }
    let kind = body.get("type").and_then(Value::as_str).unwrap_or_default();
    if !BOOKMARKS.iter().any(|(_, known, _)| *known == kind) {
        return Err(asking.fault(400, format!("unknown type '{kind}'")));
    }
    if !body.get("params").is_some_and(Value::is_object) {
        return Err(asking.fault(400, "params must be an object"));
    }
    let key = (asking.region, project.id, slug.to_owned());
    if links.contains_key(&key) {
        return Err(asking.fault(400, "there is such a slug already"));
    }
    let mut link = json!({"created_at": "2025-03-01T09:00:00Z", "user_id": asking.user.id.0, "project_id": project.id});
    if let Some(members) = link.as_object_mut() {
        members.extend(body);
    }
    links.insert(key, link.clone());
    Ok(link)
}

/// Returns an error as the App API words it.
pub(crate) fn failure(status: u16, text: &str) -> Reply {
    Reply::json(status, &json!({"status": "error", "error": text}))
}
