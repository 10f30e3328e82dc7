//! Annual plans, rounds, conflicts and proposals.

mod conflicts;
mod proposals;
mod round_2027;
mod rounds;
mod sign_offs;

use serde_json::{Value, json};
use verbund_tests::{Case, Client, TestApp};

pub fn cases() -> Vec<Case> {
    [conflicts::cases(), proposals::cases(), round_2027::cases(), rounds::cases(), sign_offs::cases()].concat()
}

/// The fields of a round that tests look at.
pub const ROUND: &str = "coordinationRound { id state version submitUntil daysApart closeReason publishedAt
    changedSincePublicationAt viewerCan { signOff }
    plans { tenant { slug } submittedBy signedBy changedSincePublicationAt plan { id state } } }";

/// The fields of a proposal that tests look at.
pub const PROPOSAL: &str = "changeProposal { id state version tenant { slug } to { slug } startLocal endLocal callOff
    message reason countersId entry { id startLocal } viewerCan { accept withdraw } }";

/// Two offices that plan a year together under agreement A: a calendar of each, shared so that the other may contribute,
/// and who acts for them.
pub struct Offices<'a> {
    pub app: &'a TestApp,
    pub oal: Client,
    pub kf: Client,
    pub oal_calendar: String,
    pub kf_calendar: String,
    /// The share of Kaufbeuren's calendar.
    pub kf_share: String,
}

impl<'a> Offices<'a> {
    pub async fn open(app: &'a TestApp) -> Self {
        let (oal, kf) = (app.actor("planner@ostallgaeu"), app.actor("planner@kaufbeuren"));
        let mut calendars = Vec::new();
        for (slug, planner, name) in [("ostallgaeu", &oal, "Plan Ostallgäu"), ("kaufbeuren", &kf, "Plan Kaufbeuren")] {
            let input = json!({
                "tenant": app.world.id(&format!("tenant.{slug}")), "name": name, "confidentiality": "PUBLIC",
                "fieldOfWork": app.world.id("field.orientation"),
            });
            let made = planner.mutate("calendarCreate", input, "calendar { id }").await;
            let calendar = made["calendar"]["id"].as_str().expect("an id").to_owned();
            let input = json!({
                "tenant": app.world.id(&format!("tenant.{slug}")), "agreement": app.world.id("agreement.a"),
                "area": "CALENDARS", "object": { "calendar": calendar }, "level": "CONTRIBUTE",
            });
            let made = app.actor(&format!("admin@{slug}")).mutate("shareCreate", input, "share { id }").await;
            calendars.push((calendar, made["share"]["id"].as_str().expect("an id").to_owned()));
        }
        let (kf_calendar, kf_share) = calendars.pop().expect("two");
        let (oal_calendar, _) = calendars.pop().expect("two");
        Self { app, oal, kf, oal_calendar, kf_calendar, kf_share }
    }

    /// An entry for partners; `time` is `2027-05-04T09:00/2027-05-04T12:00`, or `2027-05-04` for a whole day.
    pub async fn entry(&self, who: &str, title: &str, time: &str, more: Value) -> String {
        let (planner, calendar) = match who {
            "oal" => (&self.oal, &self.oal_calendar),
            _ => (&self.kf, &self.kf_calendar),
        };
        let mut input = json!({
            "calendar": calendar, "title": title, "status": "CONFIRMED", "confidentiality": "PARTNER", "time": when(time),
        });
        input.as_object_mut().expect("an input").extend(more.as_object().cloned().unwrap_or_default());
        let made = planner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
        made["calendarEntry"]["id"].as_str().expect("an id").to_owned()
    }

    pub fn tenant(&self, slug: &str) -> &str {
        self.app.world.id(&format!("tenant.{slug}"))
    }

    /// A plan of the office for 2027 with its calendar.
    pub async fn plan(&self, who: &str) -> String {
        let (planner, calendar, slug) = match who {
            "oal" => (&self.oal, &self.oal_calendar, "ostallgaeu"),
            _ => (&self.kf, &self.kf_calendar, "kaufbeuren"),
        };
        let input = json!({
            "tenant": self.tenant(slug), "year": 2027, "title": "Jahresplanung 2027", "calendars": [calendar],
        });
        let made = planner.mutate("annualPlanCreate", input, "annualPlan { id state }").await;
        assert_eq!(made["annualPlan"]["state"], "DRAFT");
        made["annualPlan"]["id"].as_str().expect("an id").to_owned()
    }

    /// A round for 2027, opened by Ostallgäu.
    pub async fn round(&self) -> String {
        let input = json!({
            "agreement": self.app.world.id("agreement.a"), "tenant": self.tenant("ostallgaeu"), "year": 2027,
            "submitUntil": "2027-01-31",
        });
        let made = self.oal.mutate("coordinationRoundOpen", input, ROUND).await;
        assert_eq!(made["coordinationRound"]["state"], "COLLECTING");
        made["coordinationRound"]["id"].as_str().expect("an id").to_owned()
    }

    /// Submits a plan of an office to a round.
    pub async fn submit(&self, who: &str, plan: &str, round: &str) -> Value {
        let planner = if who == "oal" { &self.oal } else { &self.kf };
        let input = json!({ "id": plan, "round": round, "version": 1 });
        planner.mutate("annualPlanSubmit", input, "annualPlan { state version }").await["annualPlan"].clone()
    }

    /// Both plans and the round, in coordination.
    pub async fn in_coordination(&self) -> String {
        let (round, oal, kf) = (self.round().await, self.plan("oal").await, self.plan("kf").await);
        assert_eq!(self.submit("oal", &oal, &round).await["state"], "SUBMITTED");
        assert_eq!(self.submit("kf", &kf, &round).await["state"], "IN_COORDINATION");
        round
    }
}

/// The time of an entry; see [`Offices::entry`].
pub fn when(time: &str) -> Value {
    match time.split_once('/') {
        Some((start, end)) => json!({ "timed": { "start": start, "end": end } }),
        None => json!({ "allDay": { "firstDay": time } }),
    }
}

/// How a round stands, as somebody sees it.
pub async fn round_of(client: &Client, round: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on CoordinationRound {{ {} }} }} }}", fields(ROUND));
    client.send(&query, json!({ "id": round })).await.data()["node"].clone()
}

/// The plan of an authority in a round.
pub fn plan_in<'a>(round: &'a Value, slug: &str) -> &'a Value {
    let plans = round["plans"].as_array().expect("plans");
    plans.iter().find(|it| it["tenant"]["slug"] == slug).unwrap_or_else(|| panic!("no plan of {slug} in {round}"))
}

fn fields(selection: &str) -> &str {
    let start = selection.find('{').expect("a selection") + 1;
    &selection[start..selection.len() - 1]
}

/// The conflicts that somebody sees of a round or an entry: `{"round": id}` or `{"entry": id}`.
pub async fn conflicts(client: &Client, of: Value) -> Vec<Value> {
    let query = "query($of: ConflictsOf!) { conflicts(of: $of, first: 100) { nodes { id rule severity explanation dates
        nonWorkingDay { name kind } acknowledgements { reason tenant { slug } }
        sides { startLocal entry { id ... on CalendarEntryFull { title } ... on CalendarEntrySummary { title } }
        freeSlots { startLocal endLocal } } } } }";
    let data = client.send(query, json!({ "of": of })).await.data();
    data["conflicts"]["nodes"].as_array().expect("nodes").clone()
}

/// Conflicts in a line each: severity, rule, titles of the sides, name of the non-working day.
pub fn lines(conflicts: &[Value]) -> Vec<String> {
    let line = |it: &Value| {
        let word = |it: &Value| it.as_str().unwrap_or("-").to_owned();
        let mut titles: Vec<_> =
            it["sides"].as_array().expect("sides").iter().map(|it| word(&it["entry"]["title"])).collect();
        titles.sort();
        let free = it["nonWorkingDay"]["name"].as_str().map(|it| format!(" ({it})")).unwrap_or_default();
        format!("{} {}: {}{free}", word(&it["severity"]), word(&it["rule"]), titles.join(" | "))
    };
    let mut lines: Vec<_> = conflicts.iter().map(line).collect();
    lines.sort();
    lines
}
