//! What the parties of a round still have to settle before they sign off: the one definition that the sign-off and
//! `viewerCan` ask. A conflict is open for a party as [`Clash::is_open_for`] says, as in the list of conflicts.

use std::collections::{BTreeMap, BTreeSet};

use entities::{ProposalState, change_proposal, coordination_round};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter};
use store::Session;
use uuid::Uuid;

use crate::planning::conflicts::lookup::of_rounds;
use crate::planning::conflicts::neighbourhood::Clash;
use crate::planning::conflicts::rules::ConflictSeverity;
use crate::planning::conflicts::surroundings::too_many;

/// Numbers of open things of a round, by party.
#[derive(Debug, Default)]
struct OpenThings {
    /// Open conflicts of severity `HIGH`; none where there are too many dates to look at.
    conflicts: Option<BTreeMap<Uuid, usize>>,
    /// Proposals that the party must answer, or apply.
    proposals: BTreeMap<Uuid, usize>,
}

/// Refuses a sign-off while something is open that the party itself can settle.
///
/// # Errors
/// `CONFLICT` at `id`; `LIMIT_REACHED` where there are too many dates to look at; the database fails.
pub(crate) async fn check(session: &Session, round: &coordination_round::Model, tenant: Uuid) -> ApiResult<()> {
    let open = session.computed(round.id, |rounds| open_things(session, rounds)).await?;
    let Some(conflicts) = &open.conflicts else { return Err(too_many()) };
    let mut problems = Problems::default();
    for (count, text) in [(conflicts.get(&tenant), "conflicts-open"), (open.proposals.get(&tenant), "proposals-open")] {
        if let Some(count) = count {
            let text = Text::new(text).with("count", *count);
            problems.add(Problem::at(UserErrorCode::Conflict, "id", text));
        }
    }
    problems.done()
}

/// What is open in rounds, in a fixed number of statements.
async fn open_things(session: &Session, ids: Vec<Uuid>) -> ApiResult<Vec<(Uuid, OpenThings)>> {
    session.load::<coordination_round::Entity>(ids.iter().copied()).await?;
    let mut rounds = Vec::new();
    for id in &ids {
        rounds.extend(session.get::<coordination_round::Entity>(*id).await?);
    }
    let mut open: BTreeMap<Uuid, OpenThings> = ids.iter().map(|id| (*id, OpenThings::default())).collect();
    let rows: Vec<_> = rounds.iter().map(|it| &**it).collect();
    for (round, found) in rounds.iter().zip(of_rounds(session, &rows).await?) {
        if let Some(open) = open.get_mut(&round.id) {
            open.conflicts = found.map(|(_, clashes)| by_party(&clashes));
        }
    }
    let waiting = session
        .select::<change_proposal::Entity>()
        .filter(session.is_one_of(change_proposal::Column::RoundId, &ids))
        .filter(change_proposal::Column::State.is_in([ProposalState::Open, ProposalState::Agreed]));
    for row in session.all(waiting).await? {
        // What the parties agreed on is left to the owner of the entry, who made the offer.
        let party = if row.state == ProposalState::Agreed { row.tenant_id } else { row.to_tenant_id };
        if let Some(open) = open.get_mut(&row.round_id) {
            *open.proposals.entry(party).or_default() += 1;
        }
    }
    Ok(open.into_iter().collect())
}

/// The number of conflicts of severity `HIGH` that each authority has to settle.
fn by_party(clashes: &[Clash]) -> BTreeMap<Uuid, usize> {
    let mut open = BTreeMap::new();
    for clash in clashes.iter().filter(|it| it.severity == ConflictSeverity::High) {
        let parties: BTreeSet<_> = clash.sides.iter().map(|it| it.entry.times().tenant_id()).collect();
        for party in parties.into_iter().filter(|it| clash.is_open_for(*it)) {
            *open.entry(party).or_default() += 1;
        }
    }
    open
}
