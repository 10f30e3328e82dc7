//! States of calendars and their entries.

use std::cell::Cell;

use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::{Case, Rows, TestApp, cases, row_of};

use super::{Ask, Made, Table, Walked, admin, tenant, walk};

pub fn cases() -> Vec<Case> {
    cases!["states::calendars"; calendars, calendar_entries, contributions]
}

/// Calendars: an archived one takes no new entries, one of others or of a project is not written by hand, and an internal
/// one is not shared.
pub(super) const CALENDARS: Table = Table::of(
    NodeType::Calendar,
    "
    state       update    archive   archive:back  createEntries      createEntries:import  share
    IN USE      yes       yes       yes           yes                yes                   yes
    INTERNAL    yes       yes       yes           yes                yes                   CONFLICT calendar
    ARCHIVED    yes       yes       yes           CONFLICT calendar  CONFLICT calendar     yes
    EXTERNAL    yes       yes       yes           CONFLICT calendar  CONFLICT calendar     yes
    OF PROJECT  conflict  conflict  conflict      CONFLICT calendar  CONFLICT calendar     CONFLICT calendar",
);

/// Entries: a cancelled one changes no more. A conflict is acknowledged once, where there is one: an entry that takes no time
/// and an entry of others meet no closed day.
pub(super) const ENTRIES: Table = Table::of(
    NodeType::CalendarEntry,
    "
    state                 update    cancel    acknowledge              acknowledge:again
    IDEA                  yes       yes       can, NOT_FOUND conflict  can, NOT_FOUND conflict
    TENTATIVE             yes       yes       yes                      can, CONFLICT conflict
    CONFIRMED             yes       yes       yes                      can, CONFLICT conflict
    CANCELLED             conflict  conflict  can, NOT_FOUND conflict  can, NOT_FOUND conflict
    OF ARCHIVED CALENDAR  yes       yes       yes                      can, CONFLICT conflict
    OF EXTERNAL CALENDAR  conflict  conflict  can, NOT_FOUND conflict  can, NOT_FOUND conflict
    OF PROJECT            conflict  conflict  can, NOT_FOUND conflict  can, NOT_FOUND conflict",
);

/// Entries, for a partner in a round: changes take a share at level CONTRIBUTE, and an entry that is not cancelled.
pub(super) const CONTRIBUTIONS: Table = Table::of(
    NodeType::CalendarEntry,
    "
    state                            contribute
    SHARED TO CONTRIBUTE             yes
    SHARED IN FULL                   FORBIDDEN entry
    SHARED TO CONTRIBUTE, CANCELLED  can, CONFLICT entry",
);

async fn calendars(app: TestApp) {
    walk(&CALENDARS, &Calendars::new(&app).await).await;
}

async fn calendar_entries(app: TestApp) {
    walk(&ENTRIES, &Entries(Calendars::new(&app).await)).await;
}

async fn contributions(app: TestApp) {
    walk(&CONTRIBUTIONS, &Contributions(&app)).await;
}

/// A day on which the office is closed.
const CLOSED: &str = "2027-03-01";

struct Calendars<'a> {
    app: &'a TestApp,
    rows: Rows,
    made: Cell<u32>,
}

impl<'a> Calendars<'a> {
    async fn new(app: &'a TestApp) -> Self {
        Self { app, rows: app.database.rows().await, made: Cell::default() }
    }

    fn name(&self) -> String {
        self.made.set(self.made.get() + 1);
        format!("Calendar {}", self.made.get())
    }

    async fn create(&self, confidentiality: &str) -> Value {
        let input = json!({
            "tenant": tenant(self.app, "ostallgaeu"), "name": self.name(), "confidentiality": confidentiality,
        });
        let made = admin(self.app, "ostallgaeu").mutate("calendarCreate", input, "calendar { id }").await;
        made["calendar"]["id"].clone()
    }

    async fn archive(&self, calendar: &Value) {
        let input = json!({ "id": calendar, "version": 1 });
        admin(self.app, "ostallgaeu").mutate("calendarArchive", input, "__typename").await;
    }

    /// The entry of a milestone, and its calendar.
    async fn of_project(&self) -> (Value, Value) {
        let (client, owner) = (admin(self.app, "ostallgaeu"), tenant(self.app, "ostallgaeu"));
        let input = json!({ "tenant": owner, "title": self.name() });
        let made = client.mutate("projectCreate", input, "project { id }").await;
        let input = json!({
            "project": made["project"]["id"], "tenant": owner, "title": "Begin", "dueOn": CLOSED,
        });
        let made = client.mutate("milestoneCreate", input, "milestone { entryId }").await;
        let entry = made["milestone"]["entryId"].clone();
        let query = "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { calendar { id } } } }";
        let data = client.send(query, json!({ "id": entry })).await.data();
        (entry, data["node"]["calendar"]["id"].clone())
    }
}

impl Walked for Calendars<'_> {
    async fn make(&self, state: &str) -> Made {
        let id = match state {
            "EXTERNAL" => {
                let input = json!({
                    "tenant": tenant(self.app, "ostallgaeu"), "name": self.name(), "confidentiality": "PARTNER",
                    "url": "https://theatre.example/plan.ics",
                });
                let client = admin(self.app, "ostallgaeu");
                let selection = "externalCalendar { calendar { id } }";
                let made = client.mutate("externalCalendarSubscribe", input, selection).await;
                made["externalCalendar"]["calendar"]["id"].clone()
            }
            "OF PROJECT" => self.of_project().await.1,
            "INTERNAL" => self.create("INTERNAL").await,
            _ => self.create("PARTNER").await,
        };
        if state == "ARCHIVED" {
            self.archive(&id).await;
        }
        Made::new(&id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let id = &made.id;
        let (mutation, input) = match column {
            "update" => ("calendarUpdate", made.input(json!({ "color": "#112233" }))),
            "archive" => ("calendarArchive", made.input(json!({}))),
            "archive:back" => ("calendarArchive", made.input(json!({ "archived": false }))),
            "createEntries" => {
                let time = json!({ "allDay": { "firstDay": "2027-04-01" } });
                ("calendarEntryCreate", json!({ "calendar": id, "title": "New", "time": time }))
            }
            "createEntries:import" => {
                let ics = "BEGIN:VEVENT\nUID:x\nSUMMARY:X\nDTSTART:20270301T090000Z\nEND:VEVENT";
                ("calendarImport", json!({ "calendar": id, "ics": ics, "dryRun": true }))
            }
            _ => {
                let input = json!({
                    "tenant": tenant(self.app, "ostallgaeu"), "agreement": self.app.world.id("agreement.b"),
                    "area": "CALENDARS", "level": "FULL", "object": { "calendar": id },
                });
                ("shareCreate", input)
            }
        };
        Ask { client: admin(self.app, "ostallgaeu"), mutation, input }
    }
}

struct Entries<'a>(Calendars<'a>);

impl Entries<'_> {
    /// The conflict of an entry; of one that has none, a conflict that nothing has.
    async fn conflict(&self, entry: &Value) -> Value {
        let query = "query($of: ConflictsOf!) { conflicts(of: $of, first: 1) { nodes { id } } }";
        let of = json!({ "of": { "entry": entry } });
        let data = admin(self.0.app, "ostallgaeu").send(query, of).await.data();
        let nodes = data["conflicts"]["nodes"].as_array().expect("nodes");
        nodes.first().map_or_else(|| json!("0".repeat(32)), |it| it["id"].clone())
    }
}

impl Walked for Entries<'_> {
    async fn make(&self, state: &str) -> Made {
        let client = admin(self.0.app, "ostallgaeu");
        if state == "OF PROJECT" {
            return Made::new(&self.0.of_project().await.0);
        }
        let calendar = self.0.create("PARTNER").await;
        let status = if ["IDEA", "TENTATIVE"].contains(&state) { state } else { "CONFIRMED" };
        let input = json!({
            "calendar": calendar, "title": "Zoo", "status": status, "time": { "allDay": { "firstDay": CLOSED } },
        });
        let made = client.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
        let entry = &made["calendarEntry"]["id"];
        match state {
            "CANCELLED" => {
                let input = json!({ "id": entry, "version": 1, "reason": "rain" });
                client.mutate("calendarEntryCancel", input, "__typename").await;
            }
            "OF ARCHIVED CALENDAR" => self.0.archive(&calendar).await,
            "OF EXTERNAL CALENDAR" => {
                let row = self.0.rows.id(row_of(calendar.as_str().expect("an id")));
                self.0.rows.run(&format!("UPDATE calendar SET external = TRUE WHERE id = {row}")).await;
            }
            _ => {}
        }
        Made::new(entry)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let (mutation, input) = match column {
            "update" => ("calendarEntryUpdate", made.input(json!({ "description": "New" }))),
            "cancel" => ("calendarEntryCancel", made.input(json!({ "reason": "rain" }))),
            _ => {
                let conflict = self.conflict(&made.id).await;
                ("conflictAcknowledge", json!({ "entry": made.id, "conflict": conflict, "reason": "so" }))
            }
        };
        Ask { client: admin(self.0.app, "ostallgaeu"), mutation, input }
    }
}

/// Entries of the Landkreis in the round of the world, for Memmingen.
struct Contributions<'a>(&'a TestApp);

impl Walked for Contributions<'_> {
    async fn make(&self, state: &str) -> Made {
        let client = admin(self.0, "ostallgaeu");
        let calendar = if state == "SHARED IN FULL" { "calendar.oal.orientation" } else { "calendar.oal.newcomers" };
        let input = json!({
            "calendar": self.0.world.id(calendar), "title": "Zoo", "confidentiality": "PARTNER",
            "time": { "allDay": { "firstDay": "2028-05-04" } },
        });
        let made = client.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
        let entry = &made["calendarEntry"]["id"];
        if state.ends_with("CANCELLED") {
            let input = json!({ "id": entry, "version": 1, "reason": "rain" });
            client.mutate("calendarEntryCancel", input, "__typename").await;
        }
        Made::new(entry)
    }

    async fn ask(&self, _: &str, _: &str, made: &Made) -> Ask {
        let input = json!({
            "round": self.0.world.id("round.b"), "tenant": tenant(self.0, "memmingen"), "entry": made.id,
            "change": { "location": "There" }, "message": "Please.",
        });
        Ask { client: self.0.actor("planner@memmingen"), mutation: "changeProposalCreate", input }
    }
}
