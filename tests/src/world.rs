//! The world of the tests: four authorities, two overlapping agreements, calendars shared at every level.
//!
//! It is built through the API, by the role accounts, as its users would. Names are `<tenant>.<what>`:
//!
//! - **Agreement A** binds kaufbeuren and ostallgaeu: every area, counselling and orientation, 2026–2027.
//! - **Agreement B** binds ostallgaeu and memmingen: calendars, every field, without end.
//! - **lindau** is bound by nothing: the outsider.

use std::collections::BTreeMap;

use domain::members::service::RoleHolder;
use domain::operator::tenants::{NewTenant, create_tenant};
use domain::operator::{grant_role, render};
use entities::{RoleKey, TenantKind};
use kernel::clock::Clock;
use serde_json::{Value, json};
use server::config::Config;
use server::operator::operation;

use crate::app::{Server, start_of_test, token};
use crate::client::Client;
use crate::database::Engine;
use crate::tables_in::uploaded;

/// Global ids of what is in the world, by name.
#[derive(Clone, Debug, Default)]
pub struct World {
    ids: BTreeMap<String, String>,
}

/// The authorities: short name, legal name.
pub const TENANTS: [(&str, &str); 4] = [
    ("kaufbeuren", "Stadt Kaufbeuren"),
    ("ostallgaeu", "Landkreis Ostallgäu"),
    ("memmingen", "Stadt Memmingen"),
    ("lindau", "Landkreis Lindau"),
];

/// The role accounts of each authority: `<name>@<tenant>`.
pub const ROLES: [(&str, RoleKey); 6] = [
    ("admin", RoleKey::TenantAdmin),
    ("planner", RoleKey::Planner),
    ("steward", RoleKey::DataSteward),
    ("viewer", RoleKey::Viewer),
    ("auditor", RoleKey::Auditor),
    ("integrator", RoleKey::Integrator),
];

/// Calendars: name, owner, field of work, confidentiality.
const CALENDARS: [(&str, &str, Option<&str>, &str); 7] = [
    ("oal.office", "ostallgaeu", None, "INTERNAL"),
    ("oal.counselling", "ostallgaeu", Some("counselling"), "PARTNER"),
    ("oal.orientation", "ostallgaeu", Some("orientation"), "PARTNER"),
    ("oal.newcomers", "ostallgaeu", Some("newcomers"), "PARTNER"),
    ("oal.public", "ostallgaeu", Some("counselling"), "PUBLIC"),
    ("kf.counselling", "kaufbeuren", Some("counselling"), "PARTNER"),
    ("mm.plan", "memmingen", None, "PARTNER"),
];

/// Entries: name (its calendar is the name up to the last dot), confidentiality, status.
const ENTRIES: [(&str, &str, &str); 14] = [
    ("oal.office.meeting", "INTERNAL", "CONFIRMED"),
    ("oal.counselling.day", "PARTNER", "CONFIRMED"),
    ("oal.counselling.secret", "INTERNAL", "CONFIRMED"),
    ("oal.orientation.fair", "PARTNER", "CONFIRMED"),
    ("oal.orientation.idea", "PARTNER", "IDEA"),
    ("oal.orientation.secret", "INTERNAL", "CONFIRMED"),
    ("oal.newcomers.workshop", "PARTNER", "TENTATIVE"),
    ("oal.public.forum", "PUBLIC", "CONFIRMED"),
    ("oal.public.partner", "PARTNER", "CONFIRMED"),
    ("oal.public.secret", "INTERNAL", "CONFIRMED"),
    ("kf.counselling.day", "PARTNER", "CONFIRMED"),
    ("kf.counselling.secret", "INTERNAL", "CONFIRMED"),
    ("mm.plan.day", "PARTNER", "CONFIRMED"),
    ("mm.plan.secret", "INTERNAL", "CONFIRMED"),
];

/// Datasets: name, owner, field of work.
const DATASETS: [(&str, &str, Option<&str>); 3] = [
    ("oal.leavers", "ostallgaeu", Some("orientation")),
    ("oal.survey", "ostallgaeu", None),
    ("kf.care", "kaufbeuren", Some("counselling")),
];

/// Shares: name, owner, agreement, calendar, level.
const SHARES: [(&str, &str, &str, &str, &str); 7] = [
    ("oal.counselling.a", "ostallgaeu", "a", "oal.counselling", "SUMMARY"),
    ("oal.orientation.a", "ostallgaeu", "a", "oal.orientation", "BUSY"),
    ("oal.orientation.b", "ostallgaeu", "b", "oal.orientation", "FULL"),
    ("oal.newcomers.b", "ostallgaeu", "b", "oal.newcomers", "CONTRIBUTE"),
    ("oal.public.a", "ostallgaeu", "a", "oal.public", "FULL"),
    ("kf.counselling.a", "kaufbeuren", "a", "kf.counselling", "FULL"),
    ("mm.plan.b", "memmingen", "b", "mm.plan", "CONTRIBUTE"),
];

impl World {
    /// The global id of `name`: `tenant.kaufbeuren`, `calendar.oal.public`, `entry.oal.public.forum`, `agreement.a`,
    /// `share.oal.public.a`, `field.counselling`, `member.planner@kaufbeuren`, `role.planner@kaufbeuren`,
    /// `closure.oal.inventory`, `contact.oal.privacy`, `plan.oal`, `round.b`, `proposal.b`, `dataset.oal.leavers`, `feed.planner@ostallgaeu`,
    /// `organisation.oal.agency`, `place.oal.library`, `offer.oal.course`, `merge.a`;
    /// `secret.planner@ostallgaeu` is that feed's secret, `upload.oal` the ticket of a file that has come for
    /// `dataset.oal.leavers`.
    pub fn id(&self, name: &str) -> &str {
        self.ids.get(name).unwrap_or_else(|| panic!("nothing is called {name} in the world"))
    }

    /// Names and ids of everything whose name begins with `prefix`.
    pub fn all<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.ids.iter().filter(move |(name, _)| name.starts_with(prefix)).map(|(name, id)| (name.as_str(), id.as_str()))
    }

    /// Builds the world in an empty, migrated database.
    ///
    /// # Errors
    /// The operator's part fails; the rest panics with what was refused.
    pub async fn build(_engine: Engine, config: &Config) -> Result<Self, String> {
        let clock = Clock::standing_at(start_of_test());
        let op = operation(config, &clock).await?;
        for (slug, name) in TENANTS {
            let wish = NewTenant {
                slug: slug.to_owned(),
                legal_name: name.to_owned(),
                kind: TenantKind::Other,
                ags: None,
                time_zone: "Europe/Berlin".to_owned(),
                assumption_day: slug != "lindau",
                website: None,
            };
            create_tenant(&op, wish).await.map_err(|error| render(&error))?;
            for (account, role) in ROLES {
                let subject = format!("{account}@{slug}");
                let to = RoleHolder::Account {
                    issuer: config.auth.local.issuer.clone(),
                    subject: subject.clone(),
                    name: subject,
                    email: None,
                };
                grant_role(&op, slug, role, to).await.map_err(|error| render(&error))?;
            }
        }
        server::seed::reference(&op).await.map_err(|error| render(&error))?;
        op.store.close().await;
        let server = Server::start(config.clone(), clock).await?;
        let as_actor = |subject: &str| server.client(Some(token(config, subject, start_of_test())));
        let mut world = Self::default();
        world.directory(&as_actor).await;
        world.agreements(&as_actor).await;
        world.calendars(&as_actor).await;
        world.datasets(&as_actor).await;
        world.shares(&as_actor).await;
        world.closures(&as_actor).await;
        world.contacts(&as_actor).await;
        world.planning(&as_actor).await;
        world.feeds(&as_actor).await;
        world.places(&as_actor).await;
        world.uploads(&server.base, &as_actor).await;
        server.stop().await?;
        Ok(world)
    }

    fn put(&mut self, name: String, id: &Value) {
        self.ids.insert(name, id.as_str().expect("an id").to_owned());
    }

    async fn directory(&mut self, as_actor: &impl Fn(&str) -> Client) {
        for (slug, _) in TENANTS {
            let query = "query($slug: String!) { tenant(slug: $slug) { id members(first: 100) { nodes { id name roles { id } } } }
                         fieldsOfWork(first: 100) { nodes { id key } } }";
            let data = as_actor(&format!("admin@{slug}")).send(query, json!({ "slug": slug })).await.data();
            self.put(format!("tenant.{slug}"), &data["tenant"]["id"]);
            for member in data["tenant"]["members"]["nodes"].as_array().expect("members") {
                let name = member["name"].as_str().expect("a name");
                self.put(format!("member.{name}"), &member["id"]);
                self.put(format!("role.{name}"), &member["roles"][0]["id"]);
            }
            for field in data["fieldsOfWork"]["nodes"].as_array().expect("fields") {
                self.put(format!("field.{}", field["key"].as_str().expect("a key")), &field["id"]);
            }
        }
        // A planner whose role is limited to one field of work.
        let input = json!({
            "tenant": self.id("tenant.ostallgaeu"),
            "to": { "account": { "issuer": "https://verbund.localhost", "subject": "counsellor@ostallgaeu", "name": "counsellor@ostallgaeu" } },
            "role": "PLANNER",
            "fieldsOfWork": [self.id("field.counselling")],
        });
        let made = as_actor("admin@ostallgaeu").mutate("roleGrantCreate", input, "roleGrant { id memberId }").await;
        self.put("member.counsellor@ostallgaeu".to_owned(), &made["roleGrant"]["memberId"]);
        self.put("role.counsellor@ostallgaeu".to_owned(), &made["roleGrant"]["id"]);
    }

    async fn agreements(&mut self, as_actor: &impl Fn(&str) -> Client) {
        let fields = [self.id("field.counselling"), self.id("field.orientation")];
        let a = json!({
            "tenant": self.id("tenant.ostallgaeu"), "parties": [self.id("tenant.kaufbeuren")],
            "title": "Agreement A", "areas": ["CALENDARS", "PROJECTS", "DATASETS"], "fieldsOfWork": fields,
            "validFrom": "2026-01-01", "validUntil": "2027-12-31",
        });
        let b = json!({
            "tenant": self.id("tenant.memmingen"), "parties": [self.id("tenant.ostallgaeu")],
            "title": "Agreement B", "areas": ["CALENDARS"], "validFrom": "2026-01-01",
        });
        for (name, drafter, parties, input) in
            [("a", "ostallgaeu", ["ostallgaeu", "kaufbeuren"], a), ("b", "memmingen", ["memmingen", "ostallgaeu"], b)]
        {
            let admin = as_actor(&format!("admin@{drafter}"));
            let id = admin.mutate("agreementDraft", input, "agreement { id }").await["agreement"]["id"].clone();
            admin.mutate("agreementPropose", json!({ "id": id, "version": 1 }), "agreement { state }").await;
            for (index, party) in parties.iter().enumerate() {
                let input = json!({ "id": id, "tenant": self.id(&format!("tenant.{party}")), "version": index + 2 });
                let signer = as_actor(&format!("admin@{party}"));
                let signed = signer.mutate("agreementSign", input, "agreement { state }").await;
                assert_eq!(signed["agreement"]["state"], if index == 0 { "PROPOSED" } else { "ACTIVE" });
            }
            self.put(format!("agreement.{name}"), &id);
        }
    }

    async fn calendars(&mut self, as_actor: &impl Fn(&str) -> Client) {
        for (name, tenant, field, confidentiality) in CALENDARS {
            let input = json!({
                "tenant": self.id(&format!("tenant.{tenant}")), "name": name, "confidentiality": confidentiality,
                "fieldOfWork": field.map(|it| self.id(&format!("field.{it}"))),
            });
            let planner = as_actor(&format!("planner@{tenant}"));
            let made = planner.mutate("calendarCreate", input, "calendar { id }").await;
            self.put(format!("calendar.{name}"), &made["calendar"]["id"]);
        }
        for (index, (name, confidentiality, status)) in ENTRIES.into_iter().enumerate() {
            let (calendar, _) = name.rsplit_once('.').expect("a calendar");
            let owner = CALENDARS.iter().find(|it| it.0 == calendar).expect("a calendar").1;
            let input = json!({
                "calendar": self.id(&format!("calendar.{calendar}")), "title": format!("Title of {name}"),
                "description": format!("Description of {name}"), "location": format!("Location of {name}"),
                "organiser": format!("Organiser of {name}"), "targetGroups": [format!("Group of {name}")],
                "kind": "WORKSHOP", "confidentiality": confidentiality, "status": status,
                "time": { "timed": {
                    "start": format!("2027-02-{:02}T09:00", index + 1), "end": format!("2027-02-{:02}T11:00", index + 1),
                } },
            });
            let planner = as_actor(&format!("planner@{owner}"));
            let made = planner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
            self.put(format!("entry.{name}"), &made["calendarEntry"]["id"]);
        }
    }

    async fn datasets(&mut self, as_actor: &impl Fn(&str) -> Client) {
        for (name, tenant, field) in DATASETS {
            let input = json!({
                "tenant": self.id(&format!("tenant.{tenant}")), "title": format!("Title of {name}"),
                "description": format!("Description of {name}"), "fieldOfWork": field.map(|it| self.id(&format!("field.{it}"))),
                "purpose": format!("Purpose of {name}"), "legalBasis": format!("Law of {name}"),
            });
            let steward = as_actor(&format!("steward@{tenant}"));
            let made = steward.mutate("datasetCreate", input, "dataset { id }").await;
            self.put(format!("dataset.{name}"), &made["dataset"]["id"]);
        }
    }

    async fn shares(&mut self, as_actor: &impl Fn(&str) -> Client) {
        for (name, tenant, agreement, calendar, level) in SHARES {
            let input = json!({
                "tenant": self.id(&format!("tenant.{tenant}")), "agreement": self.id(&format!("agreement.{agreement}")),
                "area": "CALENDARS", "object": { "calendar": self.id(&format!("calendar.{calendar}")) }, "level": level,
                "reason": format!("Reason of {name}"),
            });
            let admin = as_actor(&format!("admin@{tenant}"));
            let made = admin.mutate("shareCreate", input, "share { id }").await;
            self.put(format!("share.{name}"), &made["share"]["id"]);
        }
    }

    async fn closures(&mut self, as_actor: &impl Fn(&str) -> Client) {
        let input = json!({
            "tenant": self.id("tenant.ostallgaeu"), "title": "Inventory", "firstDay": "2027-03-01", "lastDay": "2027-03-02",
        });
        let made = as_actor("admin@ostallgaeu").mutate("tenantClosureCreate", input, "tenantClosure { id }").await;
        self.put("closure.oal.inventory".to_owned(), &made["tenantClosure"]["id"]);
    }

    async fn contacts(&mut self, as_actor: &impl Fn(&str) -> Client) {
        let input = json!({
            "tenant": self.id("tenant.ostallgaeu"), "kind": "DATA_PROTECTION", "name": "Data protection officer",
            "email": "datenschutz@ostallgaeu.example",
        });
        let made = as_actor("admin@ostallgaeu").mutate("tenantContactCreate", input, "tenantContact { id }").await;
        self.put("contact.oal.privacy".to_owned(), &made["tenantContact"]["id"]);
    }

    /// Plans for 2028, and a round under agreement B in coordination; Kaufbeuren's plan is in none.
    async fn planning(&mut self, as_actor: &impl Fn(&str) -> Client) {
        let plans: [(&str, &str, &[&str]); 3] = [
            ("plan.mm", "memmingen", &["mm.plan"]),
            ("plan.oal", "ostallgaeu", &["oal.newcomers", "oal.orientation"]),
            ("plan.kf", "kaufbeuren", &["kf.counselling"]),
        ];
        for (name, slug, calendars) in plans {
            let calendars: Vec<_> = calendars.iter().map(|it| self.id(&format!("calendar.{it}"))).collect();
            let input = json!({
                "tenant": self.id(&format!("tenant.{slug}")), "year": 2028, "title": format!("Title of {name}"),
                "calendars": calendars,
            });
            let planner = as_actor(&format!("planner@{slug}"));
            let made = planner.mutate("annualPlanCreate", input, "annualPlan { id }").await;
            self.put(name.to_owned(), &made["annualPlan"]["id"]);
        }
        let memmingen = as_actor("planner@memmingen");
        let input = json!({
            "agreement": self.id("agreement.b"), "tenant": self.id("tenant.memmingen"), "year": 2028,
            "submitUntil": "2027-12-31",
        });
        let made = memmingen.mutate("coordinationRoundOpen", input, "coordinationRound { id }").await;
        self.put("round.b".to_owned(), &made["coordinationRound"]["id"]);
        for (plan, slug) in [("plan.mm", "memmingen"), ("plan.oal", "ostallgaeu")] {
            let input = json!({ "id": self.id(plan), "round": self.id("round.b"), "version": 1 });
            as_actor(&format!("planner@{slug}")).mutate("annualPlanSubmit", input, "annualPlan { id }").await;
        }
        let input = json!({
            "round": self.id("round.b"), "tenant": self.id("tenant.memmingen"),
            "entry": self.id("entry.oal.newcomers.workshop"), "change": { "location": "Location of proposal.b" },
            "message": "Message of proposal.b",
        });
        let made = memmingen.mutate("changeProposalCreate", input, "changeProposal { id }").await;
        self.put("proposal.b".to_owned(), &made["changeProposal"]["id"]);
        let input = json!({
            "round": self.id("round.b"), "tenant": self.id("tenant.memmingen"), "text": "Comment of round.b",
        });
        memmingen.mutate("coordinationCommentCreate", input, "coordinationRound { id }").await;
    }

    async fn feeds(&mut self, as_actor: &impl Fn(&str) -> Client) {
        let input = json!({ "tenant": self.id("tenant.ostallgaeu"), "name": "My calendars", "level": "FULL" });
        let made = as_actor("planner@ostallgaeu").mutate("feedCreate", input, "feed { id } secret").await;
        self.put("feed.planner@ostallgaeu".to_owned(), &made["feed"]["id"]);
        self.put("secret.planner@ostallgaeu".to_owned(), &made["secret"]);
    }

    /// Places, organisations and offers: public ones, and ones of the Landkreis alone. Kaufbeuren proposes that the library
    /// of the Landkreis is its own.
    async fn places(&mut self, as_actor: &impl Fn(&str) -> Client) {
        for (name, slug, visibility) in [
            ("oal.agency", "ostallgaeu", "PUBLIC"),
            ("oal.club", "ostallgaeu", "INTERNAL"),
            ("kf.vhs", "kaufbeuren", "PUBLIC"),
        ] {
            let input = json!({
                "tenant": self.id(&format!("tenant.{slug}")), "name": format!("Name of {name}"), "kind": "ASSOCIATION",
                "visibility": visibility, "description": format!("Description of {name}"),
                "contact": { "function": "Office", "email": "office@a.example" },
                "contactPerson": { "name": format!("Person of {name}") },
                "externalIds": [{ "scheme": "VHS", "value": format!("of-{}", name.replace('.', "-")) }],
            });
            let made =
                as_actor(&format!("steward@{slug}")).mutate("organisationCreate", input, "organisation { id }").await;
            self.put(format!("organisation.{name}"), &made["organisation"]["id"]);
        }
        for (name, slug, visibility, latitude) in [
            ("oal.library", "ostallgaeu", "PUBLIC", 47.88),
            ("oal.archive", "ostallgaeu", "PUBLIC", 47.78),
            ("oal.store", "ostallgaeu", "INTERNAL", 47.68),
            ("kf.library", "kaufbeuren", "PUBLIC", 47.8801),
        ] {
            let organisation = if slug == "ostallgaeu" { "organisation.oal.agency" } else { "organisation.kf.vhs" };
            let input = json!({
                "tenant": self.id(&format!("tenant.{slug}")), "name": format!("Name of {name}"), "kind": "LIBRARY",
                "visibility": visibility, "note": format!("Note of {name}"), "latitude": latitude, "longitude": 10.62,
                "organisation": self.id(organisation),
                "externalIds": [{ "scheme": "ISIL", "value": format!("DE-{}", name.replace('.', "-")) }],
            });
            let made =
                as_actor(&format!("steward@{slug}")).mutate("learningPlaceCreate", input, "learningPlace { id }").await;
            self.put(format!("place.{name}"), &made["learningPlace"]["id"]);
        }
        let steward = as_actor("steward@ostallgaeu");
        for name in ["oal.course", "oal.draft"] {
            let input = json!({
                "tenant": self.id("tenant.ostallgaeu"), "title": format!("Title of {name}"), "kind": "COURSE",
                "topic": "LANGUAGE", "description": format!("Description of {name}"), "languages": ["de", "en"],
                "audiences": ["ADULTS"], "ageFrom": 16, "cost": { "amount": "12.50" },
                "provider": self.id("organisation.oal.agency"), "place": self.id("place.oal.library"),
                "dates": [self.id("entry.oal.public.forum"), self.id("entry.oal.public.secret")],
            });
            let made = steward.mutate("educationOfferCreate", input, "educationOffer { id }").await;
            self.put(format!("offer.{name}"), &made["educationOffer"]["id"]);
        }
        let input = json!({ "id": self.id("offer.oal.course"), "version": 1 });
        steward.mutate("educationOfferPublish", input, "educationOffer { id }").await;
        let input = json!({
            "tenant": self.id("tenant.kaufbeuren"), "duplicate": self.id("place.oal.library"),
            "survivor": self.id("place.kf.library"), "agreement": self.id("agreement.a"),
            "message": "Message of merge.a",
        });
        let made = as_actor("steward@kaufbeuren").mutate("mergeProposalCreate", input, "mergeProposal { id }").await;
        self.put("merge.a".to_owned(), &made["mergeProposal"]["id"]);
    }

    async fn uploads(&mut self, base: &str, as_actor: &impl Fn(&str) -> Client) {
        let steward = as_actor("steward@ostallgaeu");
        let ticket = uploaded(base, &steward, self.id("dataset.oal.leavers"), b"09777\n").await;
        self.put("upload.oal".to_owned(), &json!(ticket));
    }
}
