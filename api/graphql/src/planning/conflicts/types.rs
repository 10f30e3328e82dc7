//! API types of conflicts.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::planning::conflicts::neighbourhood::{Clash, Neighbourhood, Side};
use domain::planning::conflicts::rules::DateSpan;
use entities::{ConflictRule as Rule, conflict_acknowledgement};
use kernel::error::ApiResult;
use kernel::i18n::{Locale, Text};

use crate::calendars::entry_types::CalendarEntry;
use crate::context::ContextExt;
use crate::enums::ConflictRule;
use crate::holidays::non_working_day_types::NonWorkingDay;
use crate::scalars::LocalDateTime;
use crate::tenants::types::{Tenant, tenant_of};

/// Severity of a conflict.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "domain::planning::conflicts::rules::ConflictSeverity")]
pub enum ConflictSeverity {
    /// Minor conflict, for information.
    Low,
    /// Conflict that should be resolved.
    Medium,
    /// Conflict that rules out that both sides take place as planned. A party can sign off only after the conflict is
    /// resolved or acknowledged.
    High,
}

/// Conflict between two entries, or between an entry and non-working days. Contains nothing that is not visible to the
/// viewer on its sides.
pub struct Conflict {
    pub(super) clash: Clash,
    pub(super) around: Arc<Neighbourhood>,
}

/// Entry in a conflict.
pub struct ConflictSide {
    side: Side,
    around: Arc<Neighbourhood>,
}

/// Alternative time for an entry, free of conflicts.
#[derive(SimpleObject)]
pub struct FreeSlot {
    /// Instant of the start.
    start: DateTime<Utc>,
    /// Instant of the end, exclusive.
    end: DateTime<Utc>,
    /// Local start, in the time zone of the entry.
    start_local: LocalDateTime,
    /// Local end, exclusive, in the time zone of the entry.
    end_local: LocalDateTime,
}

/// Acknowledgement of a conflict by the owner of an entry.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ConflictAcknowledgement {
    /// Identifier of the conflict (`Conflict.id`).
    conflict_id: ID,
    /// Rule of the conflict.
    rule: ConflictRule,
    /// Reason for accepting the conflict.
    reason: String,
    /// Name of the person who acknowledged the conflict, as used by the authority.
    acknowledged_by: String,
    /// Instant of the acknowledgement.
    acknowledged_at: DateTime<Utc>,
    #[graphql(skip)]
    tenant: uuid::Uuid,
}

#[ComplexObject]
impl ConflictAcknowledgement {
    /// Authority that acknowledged the conflict.
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

/// Conflict between two entries, or between an entry and non-working days. Contains nothing that is not visible to the
/// viewer on its sides.
#[Object]
impl Conflict {
    /// Identifier of the conflict; stays the same while the rule, the sides and their times do. Not a global id.
    async fn id(&self) -> ID {
        self.clash.id.simple().to_string().into()
    }

    /// Rule of the conflict.
    async fn rule(&self) -> ConflictRule {
        self.clash.rule.into()
    }

    /// Severity of the conflict, by its most severe occurrence.
    async fn severity(&self) -> ConflictSeverity {
        self.clash.severity.into()
    }

    /// Explanation, in German or English by `Accept-Language`.
    async fn explanation(&self, ctx: &Context<'_>) -> ApiResult<String> {
        Ok(explanation(&self.clash, &self.around, ctx.op()?.locale))
    }

    /// Entries in conflict: two, or one if the other side is `nonWorkingDay`.
    async fn sides(&self) -> Vec<ConflictSide> {
        let sides = self.clash.sides.iter().cloned();
        sides.map(|side| ConflictSide { side, around: self.around.clone() }).collect()
    }

    /// Non-working days in conflict with the entry; null if the conflict is between two entries.
    async fn non_working_day(&self) -> Option<NonWorkingDay> {
        self.clash.free.clone().map(NonWorkingDay)
    }

    /// Number of conflicting pairs of occurrences, or of occurrence and non-working days; more than 1 for series only.
    async fn dates(&self) -> usize {
        self.clash.dates
    }

    /// Acknowledgements of the conflict in its present form.
    async fn acknowledgements(&self) -> Vec<ConflictAcknowledgement> {
        self.clash.acknowledged.iter().map(Into::into).collect()
    }
}

/// Entry in a conflict.
#[Object]
impl ConflictSide {
    /// Entry at the viewer's level of access.
    async fn entry(&self) -> CalendarEntry {
        self.side.entry.clone().into()
    }

    /// Instant of the start of the first conflicting occurrence.
    async fn start(&self) -> DateTime<Utc> {
        self.side.span.starts_at
    }

    /// Instant of the end, exclusive, of the first conflicting occurrence.
    async fn end(&self) -> DateTime<Utc> {
        self.side.span.ends_at
    }

    /// Local start of the first conflicting occurrence, in the time zone of the entry.
    async fn start_local(&self) -> LocalDateTime {
        LocalDateTime(self.side.span.starts_local)
    }

    /// Local end, exclusive, of the first conflicting occurrence, in the time zone of the entry.
    async fn end_local(&self) -> LocalDateTime {
        LocalDateTime(self.side.span.ends_local)
    }

    /// Alternative times for the first conflicting occurrence, at most five, the nearest first: within 28 days, not in
    /// the past, at the same time of day, and on a weekend only if the occurrence is on one. At these times the viewer
    /// sees no conflict other than `DUPLICATE_TOPIC`.
    #[graphql(complexity = "10")]
    async fn free_slots(&self) -> Vec<FreeSlot> {
        let slot = |DateSpan { starts_at, ends_at, starts_local, ends_local }| FreeSlot {
            start: starts_at,
            end: ends_at,
            start_local: LocalDateTime(starts_local),
            end_local: LocalDateTime(ends_local),
        };
        self.around.free_slots(&self.side).into_iter().map(slot).collect()
    }
}

/// A conflict in words, with titles as far as the viewer sees them.
fn explanation(clash: &Clash, around: &Neighbourhood, locale: Locale) -> String {
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
    let day = |index: usize| clash.sides.get(index).map(|it| it.span.first().to_string()).unwrap_or_default();
    let entry = |index: usize| clash.sides.get(index).map(|it| side_name(it, around, locale)).unwrap_or_default();
    let name = clash.free.as_ref().map(|it| match locale {
        Locale::De => it.name_de.clone(),
        Locale::En => it.name_en.clone(),
    });
    let text = text.with("day", day(0)).with("other", day(1)).with("name", name.unwrap_or_default());
    text.with("one", entry(0)).with("two", entry(1)).render(locale)
}

/// Title and authority of an entry in a conflict.
fn side_name(side: &Side, around: &Neighbourhood, locale: Locale) -> String {
    let text = side
        .entry
        .outline()
        .map_or_else(|| Text::new("conflict-side-untitled"), |it| Text::new("conflict-side").with("title", it.title()));
    text.with("authority", around.owner(side)).render(locale)
}
