//! The mutations that create something, each with an input that succeeds.

use serde_json::{Value, json};
use verbund_tests::TestApp;

use super::{
    ADMIN, OF_AGREEMENT, OF_CALENDAR, OF_CLOSURE, OF_CONTACT, OF_DATASET, OF_ENTRY, OF_EXTERNAL, OF_FEED, OF_IMPORT,
    OF_MERGE, OF_OFFER, OF_ORGANISATION, OF_PLACE, OF_PLAN, OF_PROPOSAL, OF_REQUEST, OF_ROLE, OF_ROUND, OF_SHARE,
    PLANNER, STEWARD,
};

/// Mutations that make something, with who sends them and an input that succeeds in the world.
pub fn creating(app: &TestApp) -> Vec<(&'static str, &'static str, Value, &'static str)> {
    let id = |name: &str| app.world.id(name).to_owned();
    let tenant = id("tenant.ostallgaeu");
    let account = json!({ "issuer": "https://verbund.localhost", "subject": "new@ostallgaeu", "name": "New" });
    vec![
        (
            "fieldOfWorkCreate",
            ADMIN,
            json!({ "tenant": tenant, "key": "own-field", "nameDe": "Eigenes", "nameEn": "Own" }),
            "fieldOfWork { id key }",
        ),
        (
            "roleGrantCreate",
            ADMIN,
            json!({ "tenant": tenant, "role": "VIEWER", "to": { "account": account } }),
            OF_ROLE,
        ),
        (
            "agreementDraft",
            ADMIN,
            json!({
                "tenant": tenant, "parties": [id("tenant.memmingen"), id("tenant.kaufbeuren")], "title": "Agreement C", "areas": ["CALENDARS"],
                "validFrom": "2027-01-01",
            }),
            OF_AGREEMENT,
        ),
        (
            "calendarCreate",
            PLANNER,
            json!({ "tenant": tenant, "name": "New", "confidentiality": "PARTNER" }),
            OF_CALENDAR,
        ),
        (
            "calendarEntryCreate",
            PLANNER,
            json!({
                "calendar": id("calendar.oal.office"), "title": "New",
                "time": { "allDay": { "firstDay": "2027-03-01" } },
            }),
            OF_ENTRY,
        ),
        (
            "shareCreate",
            ADMIN,
            json!({
                "tenant": tenant, "agreement": id("agreement.b"), "area": "CALENDARS", "level": "FULL",
                "object": { "calendar": id("calendar.oal.counselling") },
            }),
            OF_SHARE,
        ),
        (
            "externalCalendarSubscribe",
            PLANNER,
            json!({ "tenant": tenant, "name": "Theatre", "url": "https://theatre.example/plan.ics" }),
            OF_EXTERNAL,
        ),
        (
            "tenantClosureCreate",
            ADMIN,
            json!({ "tenant": tenant, "title": "New", "firstDay": "2027-05-03" }),
            OF_CLOSURE,
        ),
        (
            "tenantContactCreate",
            ADMIN,
            json!({ "tenant": tenant, "kind": "PRESS", "name": "New", "phone": "08342 911-0" }),
            OF_CONTACT,
        ),
        (
            "annualPlanCreate",
            PLANNER,
            json!({ "tenant": tenant, "year": 2027, "title": "New", "calendars": [id("calendar.oal.newcomers")] }),
            OF_PLAN,
        ),
        (
            "coordinationRoundOpen",
            PLANNER,
            json!({ "tenant": tenant, "agreement": id("agreement.b"), "year": 2029, "submitUntil": "2027-12-31" }),
            OF_ROUND,
        ),
        (
            "changeProposalCreate",
            PLANNER,
            json!({
                "tenant": tenant, "round": id("round.b"), "entry": id("entry.mm.plan.day"),
                "change": { "location": "Here" }, "message": "Please.",
            }),
            OF_PROPOSAL,
        ),
        (
            "coordinationCommentCreate",
            PLANNER,
            json!({ "tenant": tenant, "round": id("round.b"), "text": "New" }),
            OF_ROUND,
        ),
        (
            "dataRequestCreate",
            STEWARD,
            json!({
                "tenant": tenant, "to": id("tenant.kaufbeuren"), "agreement": id("agreement.a"), "about": "Care",
                "purpose": "Planning", "legalBasis": "Agreement A", "level": "FULL",
            }),
            OF_REQUEST,
        ),
        ("datasetCreate", STEWARD, json!({ "tenant": tenant, "title": "New" }), OF_DATASET),
        (
            "datasetUploadTicket",
            STEWARD,
            json!({ "dataset": id("dataset.oal.leavers"), "fileName": "new.csv" }),
            "uploadTicket { expiresAt maxBytes }",
        ),
        (
            "datasetImport",
            STEWARD,
            json!({
                "dataset": id("dataset.oal.leavers"), "ticket": id("upload.oal"), "profile": { "format": "CSV", "columns": [{
                    "column": { "name": "ags", "title": "AGS", "type": "REGION", "role": "DIMENSION" },
                    "from": { "column": { "position": 1 } },
                }] },
            }),
            OF_IMPORT,
        ),
        ("feedCreate", PLANNER, json!({ "tenant": tenant, "name": "New", "level": "SUMMARY" }), OF_FEED),
        (
            "learningPlaceCreate",
            STEWARD,
            json!({
                "tenant": tenant, "name": "New", "kind": "CLUB", "latitude": 47.9, "longitude": 10.7,
                "externalIds": [{ "scheme": "OSM", "value": "node/1" }],
            }),
            OF_PLACE,
        ),
        (
            "organisationCreate",
            STEWARD,
            json!({ "tenant": tenant, "name": "New", "kind": "FOUNDATION", "contactPerson": { "name": "New" } }),
            OF_ORGANISATION,
        ),
        (
            "mergeProposalCreate",
            STEWARD,
            json!({
                "tenant": tenant, "duplicate": id("place.oal.archive"), "survivor": id("place.kf.library"),
                "agreement": id("agreement.a"), "message": "The same.",
            }),
            OF_MERGE,
        ),
        (
            "educationOfferCreate",
            STEWARD,
            json!({
                "tenant": tenant, "title": "New", "kind": "COURSE", "topic": "MUSIC", "place": id("place.oal.library"),
                "provider": id("organisation.oal.agency"), "dates": [id("entry.oal.public.forum")],
            }),
            OF_OFFER,
        ),
    ]
}
