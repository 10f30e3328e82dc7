//! States of role grants and feeds.

use std::cell::Cell;

use chrono::Duration;
use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::{Case, TestApp, cases};

use super::{Ask, Made, Table, Walked, admin, tenant, walk, with};

pub fn cases() -> Vec<Case> {
    cases!["states::members"; role_grants_and_feeds]
}

/// Role grants: revoked once, before, in and after their time; the last admin stays. A grant of TENANT_ADMIN waits for a
/// second admin, who may neither have granted it nor come too late. In the other rows there is nothing to confirm.
pub(super) const ROLES: Table = Table::of(
    NodeType::RoleGrant,
    "
    state            revoke         confirm   confirm:by who granted it
    IN FORCE         yes            conflict  conflict
    PLANNED          yes            conflict  conflict
    REVOKED          conflict       conflict  conflict
    LAST ADMIN       LAST_ADMIN id  conflict  conflict
    WAITING          yes            yes       FORBIDDEN id
    EXPIRED          yes            conflict  conflict
    WAITED TOO LONG  yes            conflict  conflict",
);

/// Feeds: an expired one can be given more time, a revoked one is gone for good.
pub(super) const FEEDS: Table = Table::of(
    NodeType::Feed,
    "
    state    update    update:more time  revoke
    IN USE   yes       yes               yes
    EXPIRED  yes       yes               yes
    REVOKED  conflict  conflict          conflict",
);

async fn role_grants_and_feeds(app: TestApp) {
    walk(&ROLES, &Roles { app: &app, made: Cell::default(), second: Cell::default() }).await;
    walk(&FEEDS, &Feeds { app: &app, made: Cell::default() }).await;
}

/// The account of the second admin.
const SECOND: &str = "second@ostallgaeu";

struct Roles<'a> {
    app: &'a TestApp,
    made: Cell<u32>,
    /// Whether there is a second admin. It is made after the last one was asked for.
    second: Cell<bool>,
}

impl Roles<'_> {
    async fn grant(&self, subject: &str, role: &str, more: Value) -> Value {
        let account = json!({ "issuer": "https://verbund.localhost", "subject": subject, "name": subject });
        let input = json!({ "tenant": tenant(self.app, "ostallgaeu"), "to": { "account": account }, "role": role });
        let made = admin(self.app, "ostallgaeu").mutate("roleGrantCreate", with(input, more), "roleGrant { id }").await;
        made["roleGrant"]["id"].clone()
    }
}

impl Walked for Roles<'_> {
    async fn make(&self, state: &str) -> Made {
        let app = self.app;
        if state == "LAST ADMIN" {
            return Made::new(&json!(app.world.id("role.admin@ostallgaeu")));
        }
        let waits = state.starts_with("WAIT");
        if waits && !self.second.replace(true) {
            self.grant(SECOND, "TENANT_ADMIN", json!({})).await;
        }
        self.made.set(self.made.get() + 1);
        let more = match state {
            "PLANNED" => json!({ "validFrom": "2027-02-01" }),
            "EXPIRED" => json!({ "validUntil": app.clock.now().date_naive().to_string() }),
            _ => json!({}),
        };
        let role = if waits { "TENANT_ADMIN" } else { "VIEWER" };
        let id = self.grant(&format!("somebody-{}", self.made.get()), role, more).await;
        match state {
            "REVOKED" => {
                let input = json!({ "id": id, "version": 1 });
                admin(app, "ostallgaeu").mutate("roleGrantRevoke", input, "__typename").await;
            }
            "EXPIRED" => app.clock.set(app.clock.now() + Duration::days(1)),
            "WAITED TOO LONG" => app.clock.set(app.clock.now() + Duration::days(15)),
            _ => {}
        }
        Made::new(&id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let mutation = if column == "revoke" { "roleGrantRevoke" } else { "roleGrantConfirm" };
        let by_second = column == "confirm" && self.second.get();
        let client = if by_second { self.app.actor(SECOND) } else { admin(self.app, "ostallgaeu") };
        Ask { client, mutation, input: made.input(json!({})) }
    }
}

struct Feeds<'a> {
    app: &'a TestApp,
    made: Cell<u32>,
}

impl Walked for Feeds<'_> {
    async fn make(&self, state: &str) -> Made {
        let client = self.app.actor("planner@ostallgaeu");
        self.made.set(self.made.get() + 1);
        let over = self.app.clock.now() + Duration::hours(1);
        let input = json!({
            "tenant": tenant(self.app, "ostallgaeu"), "name": format!("Feed {}", self.made.get()), "level": "SUMMARY",
            "expiresAt": over.to_rfc3339(),
        });
        let made = client.mutate("feedCreate", input, "feed { id }").await;
        let id = &made["feed"]["id"];
        match state {
            "EXPIRED" => self.app.clock.set(over + Duration::hours(1)),
            "REVOKED" => {
                client.mutate("feedRevoke", json!({ "id": id, "version": 1 }), "__typename").await;
            }
            _ => {}
        }
        Made::new(id)
    }

    async fn ask(&self, _: &str, column: &str, made: &Made) -> Ask {
        let client = self.app.actor("planner@ostallgaeu");
        let (mutation, more) = match column {
            "update" => ("feedUpdate", json!({ "name": "Renamed" })),
            "update:more time" => {
                let later = self.app.clock.now() + Duration::days(1);
                ("feedUpdate", json!({ "expiresAt": later.to_rfc3339() }))
            }
            _ => ("feedRevoke", json!({})),
        };
        Ask { client, mutation, input: made.input(more) }
    }
}
