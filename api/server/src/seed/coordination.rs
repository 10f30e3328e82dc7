//! What the two offices of the demo have done of their coordination of 2027: both plans submitted, a proposal that waits, a
//! comment; and a feed of the planner of Kaufbeuren. By the role accounts, through the same services as anybody's.

use chrono::{Days, NaiveDate};
use domain::calendars::entry_values::NewTime;
use domain::context::op::Op;
use domain::feeds::service::NewFeed;
use domain::planning::comments::CommentSubject;
use domain::planning::plans::NewPlan;
use domain::planning::proposals::Proposed;
use domain::planning::rounds::NewRound;
use entities::{ShareLevel, agreement, calendar_entry, tenant};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Locale;
use kernel::ids::new_id;
use policy::Actor;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::seed::demo::calendar_id;
use domain::feeds;
use domain::planning::comments;
use domain::planning::plans;
use domain::planning::proposals;
use domain::planning::rounds;

const YEAR: i32 = 2027;
/// The calendars of each plan.
const PLANS: [(&str, &str, [&str; 3]); 2] = [
    (
        "ostallgaeu",
        "Jahresplanung 2027 des Bildungsbüros Ostallgäu",
        ["oal-counselling", "oal-orientation", "oal-newcomers"],
    ),
    (
        "kaufbeuren",
        "Jahresplanung 2027 des Bildungsbüros Kaufbeuren",
        ["kf-counselling", "kf-orientation", "kf-newcomers"],
    ),
];

/// Coordinates; the secret of the feed.
///
/// # Errors
/// A step is refused, or the database fails.
pub(super) async fn coordinate(op: &Op, issuer: &str) -> ApiResult<String> {
    let planner = |slug: &str| {
        let actor = Actor::Person { issuer: issuer.to_owned(), subject: format!("planner@{slug}") };
        Op::new(op.store.clone(), op.clock.clone(), actor, format!("demo-{}", new_id()), Locale::De)
    };
    let (ostallgaeu, kaufbeuren) = (planner("ostallgaeu"), planner("kaufbeuren"));
    let agreement = {
        let session = ostallgaeu.session().await?;
        let found = session.one(session.select::<agreement::Entity>().limit(1)).await?;
        found.ok_or_else(|| ApiError::fault("the demo has no agreement"))?.id
    };
    let mut plans = Vec::new();
    for (slug, title, calendars) in PLANS {
        let op = if slug == "ostallgaeu" { &ostallgaeu } else { &kaufbeuren };
        let calendars = calendars.map(calendar_id).to_vec();
        let wish = NewPlan { tenant: tenant_of(op, slug).await?, year: YEAR, title: title.to_owned(), calendars };
        plans.push(plans::create(op, wish, None).await?);
    }
    let today = op.clock.now().date_naive();
    let wish = NewRound {
        agreement,
        tenant: tenant_of(&ostallgaeu, "ostallgaeu").await?,
        year: YEAR,
        submit_until: today.checked_add_days(Days::new(30)).unwrap_or(today),
        days_apart: 3,
    };
    let round = rounds::open(&ostallgaeu, wish, None).await?;
    for (op, plan) in [&ostallgaeu, &kaufbeuren].into_iter().zip(plans) {
        rounds::submit(op, plan, round, 1).await?;
    }
    let own = tenant_of(&kaufbeuren, "kaufbeuren").await?;
    let evening = entry(&kaufbeuren, "oal-orientation", "Abend der Ausbildungsberufe").await?;
    let day = NaiveDate::from_ymd_opt(YEAR, 4, 14).unwrap_or_default();
    let at = |hour| day.and_hms_opt(hour, 0, 0).unwrap_or_default();
    let proposed = Proposed {
        time: Some(NewTime::Timed { start: at(18), end: at(20), zone: None }),
        message: "Am selben Abend laden wir dieselben Klassen ein. Ginge eine Woche nach den Osterferien?".to_owned(),
        ..Proposed::default()
    };
    proposals::create(&kaufbeuren, round, own, evening, proposed, None).await?;
    let text = "Die Beratungstage im Februar sehen wir uns in der gemeinsamen Runde an.";
    comments::create(&kaufbeuren, round, own, CommentSubject::Round, text, None).await?;
    let wish = NewFeed {
        tenant: own,
        name: "Kalenderprogramm der Planung".to_owned(),
        calendars: None,
        level: ShareLevel::Full,
        expires_at: None,
    };
    let (_, secret) = feeds::service::create(&kaufbeuren, wish, None).await?;
    secret.ok_or_else(|| ApiError::fault("a new feed has no secret"))
}

/// An authority of the demo.
pub(super) async fn tenant_of(op: &Op, slug: &str) -> ApiResult<Uuid> {
    let session = op.session().await?;
    let select = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug));
    let found =
        session.one(select).await?.ok_or_else(|| ApiError::fault(format!("no authority {slug:?} in the demo")))?;
    Ok(found.id)
}

async fn entry(op: &Op, calendar: &str, title: &str) -> ApiResult<Uuid> {
    let session = op.session().await?;
    let select = session
        .select::<calendar_entry::Entity>()
        .filter(calendar_entry::Column::CalendarId.eq(calendar_id(calendar)))
        .filter(calendar_entry::Column::Title.eq(title));
    let found = session.one(select).await?.ok_or_else(|| ApiError::fault(format!("no entry {title:?} in the demo")))?;
    Ok(found.id)
}
