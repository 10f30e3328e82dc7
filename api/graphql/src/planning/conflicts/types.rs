//! API types of conflicts.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::planning::conflicts::neighbourhood::{Clash, Neighbourhood, Side};
use domain::planning::conflicts::rules::Span;
use entities::{ConflictRule as Rule, conflict_acknowledgement};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::{Locale, Text};

use crate::calendars::entry_types::CalendarEntry;
use crate::context::ContextExt;
use crate::enums::ConflictRule;
use crate::holidays::free_day_types::FreeDay;
use crate::scalars::LocalDateTime;
use crate::tenants::types::{Tenant, tenant_of};

/// How much a conflict weighs.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "domain::planning::conflicts::rules::ConflictSeverity")]
pub enum ConflictSeverity {
    /// Worth knowing.
    Low,
    /// Should be settled.
    Medium,
    /// Cannot both be: a party signs off only when it is settled or acknowledged.
    High,
}

/// Two entries, or an entry and free days, that do not go together. As much is known of it as of its sides.
pub struct Conflict {
    pub(super) clash: Clash,
    pub(super) around: Arc<Neighbourhood>,
}

/// One entry of a conflict.
pub struct ConflictSide {
    side: Side,
    around: Arc<Neighbourhood>,
}

/// A time at which an entry would be in nobody's way.
#[derive(SimpleObject)]
pub struct FreeSlot {
    /// Start as an instant.
    start: DateTime<Utc>,
    /// End as an instant, exclusive.
    end: DateTime<Utc>,
    /// Start on the clock of the entry's zone.
    start_local: LocalDateTime,
    /// End on the clock of the entry's zone, exclusive.
    end_local: LocalDateTime,
}

/// A conflict that the owner of an entry has taken note of, and why it stays.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ConflictAcknowledgement {
    /// The conflict.
    conflict_id: ID,
    /// Its rule.
    rule: ConflictRule,
    /// Why it stays.
    reason: String,
    /// Who took note, by the name the authority uses.
    acknowledged_by: String,
    /// When.
    acknowledged_at: DateTime<Utc>,
    #[graphql(skip)]
    tenant: uuid::Uuid,
}

#[ComplexObject]
impl ConflictAcknowledgement {
    /// The authority that took note.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.tenant).await
    }
}

impl From<&conflict_acknowledgement::Model> for ConflictAcknowledgement {
    fn from(row: &conflict_acknowledgement::Model) -> Self {
        Self {
            conflict_id: row.conflict_id.simple().to_string().into(),
            rule: row.rule.into(),
            reason: row.reason.clone(),
            acknowledged_by: row.acknowledged_by.clone(),
            acknowledged_at: row.created_at,
            tenant: row.tenant_id,
        }
    }
}

/// Two entries, or an entry and free days, that do not go together. As much is known of it as of its sides.
#[Object]
impl Conflict {
    /// Names the conflict as long as rule, sides and their times are the same.
    async fn id(&self) -> ID {
        self.clash.id.simple().to_string().into()
    }

    /// The rule.
    async fn rule(&self) -> ConflictRule {
        self.clash.rule.into()
    }

    /// How much it weighs.
    async fn severity(&self) -> ConflictSeverity {
        self.clash.severity.into()
    }

    /// What is the matter, in the viewer's language.
    async fn explanation(&self, ctx: &Context<'_>) -> ApiResult<String> {
        Ok(explanation(&self.clash, ctx.op()?.locale))
    }

    /// The entries: one where the other side are free days, else two.
    async fn sides(&self) -> Vec<ConflictSide> {
        let sides = self.clash.sides.iter().cloned();
        sides.map(|side| ConflictSide { side, around: self.around.clone() }).collect()
    }

    /// The free days that are the other side.
    async fn free_day(&self) -> Option<FreeDay> {
        self.clash.free.clone().map(FreeDay)
    }

    /// How many dates are concerned: of series, more than one.
    async fn dates(&self) -> usize {
        self.clash.dates
    }

    /// Who has taken note of it as it is now, and why it stays.
    async fn acknowledgements(&self) -> Vec<ConflictAcknowledgement> {
        self.clash.acknowledged.iter().map(Into::into).collect()
    }
}

/// One entry of a conflict.
#[Object]
impl ConflictSide {
    /// The entry, at the viewer's level.
    async fn entry(&self, ctx: &Context<'_>) -> ApiResult<CalendarEntry> {
        let session = ctx.session().await?;
        CalendarEntry::seen(&session, self.side.entry.clone())
            .ok_or_else(|| ApiError::fault("a conflict was made from a hidden entry"))
    }

    /// Start of the first date that is concerned.
    async fn start(&self) -> DateTime<Utc> {
        self.side.span.starts_at
    }

    /// End of that date, exclusive.
    async fn end(&self) -> DateTime<Utc> {
        self.side.span.ends_at
    }

    /// Its start on the clock of the entry's zone.
    async fn start_local(&self) -> LocalDateTime {
        LocalDateTime(self.side.span.starts_local)
    }

    /// Its end on that clock, exclusive.
    async fn end_local(&self) -> LocalDateTime {
        LocalDateTime(self.side.span.ends_local)
    }

    /// Up to five times within four weeks, nearest first, at which that date would be in nobody's way that the viewer
    /// knows of: no free day of its owner, no other entry. At the same time of day; working days for a date on one.
    #[graphql(complexity = "10")]
    async fn free_slots(&self) -> Vec<FreeSlot> {
        let slot = |Span { starts_at, ends_at, starts_local, ends_local }| FreeSlot {
            start: starts_at,
            end: ends_at,
            start_local: LocalDateTime(starts_local),
            end_local: LocalDateTime(ends_local),
        };
        self.around.free_slots(&self.side).into_iter().map(slot).collect()
    }
}

/// A conflict in words.
pub fn explanation(clash: &Clash, locale: Locale) -> String {
    let text = match clash.rule {
        Rule::SamePlace => Text::new("conflict-same-place"),
        Rule::SameSpeaker => Text::new("conflict-same-speaker"),
        Rule::SameOrganiser => Text::new("conflict-same-organiser"),
        Rule::SameAudience => Text::new("conflict-same-audience"),
        Rule::DuplicateTopic => Text::new("conflict-duplicate-topic"),
        Rule::PublicHoliday => Text::new("conflict-public-holiday"),
        Rule::SchoolHoliday => Text::new("conflict-school-holiday"),
        Rule::TenantClosure => Text::new("conflict-tenant-closure"),
    };
    let form = match locale {
        Locale::De => "%d.%m.%Y",
        Locale::En => "%Y-%m-%d",
    };
    let day = |index: usize| {
        let side = clash.sides.get(index);
        side.map(|it| it.span.first().format(form).to_string()).unwrap_or_default()
    };
    let name = clash.free.as_ref().map(|it| match locale {
        Locale::De => it.name_de.clone(),
        Locale::En => it.name_en.clone(),
    });
    let text = text.with("day", day(0)).with("other", day(1)).with("name", name.unwrap_or_default());
    text.with("dates", clash.dates).say(locale)
}
