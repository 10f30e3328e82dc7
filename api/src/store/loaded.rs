//! Rows a session has read by key, so that a list's children come in one statement and are shared by its rows.
//! It lives and dies with the session: nothing is remembered across requests or actors.

use std::any::{Any, TypeId};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{EntityTrait, FromQueryResult, Select, Value};
use uuid::Uuid;
use verbund_entities as e;

use super::{Owned, Session};

/// A table whose rows are looked up by a key.
pub trait Keyed: EntityTrait<Model: FromQueryResult + Send + Sync + 'static> {
    /// The type of the key.
    type Key: Clone + Eq + Ord + Hash + ToString + Into<Value> + Send + Sync + 'static;
    /// Its column.
    const KEY: Self::Column;
    /// The key of a row.
    fn key(row: &Self::Model) -> Self::Key;
    /// The rows that the session may read.
    fn select(session: &Session) -> Select<Self>;
}

macro_rules! keyed {
    ($($table:ident: $column:ident $field:ident $key:ty, $select:ident);+ $(;)?) => {
        $(impl Keyed for e::$table::Entity {
            type Key = $key;
            const KEY: e::$table::Column = e::$table::Column::$column;
            fn key(row: &e::$table::Model) -> $key {
                row.$field.clone()
            }
            fn select(session: &Session) -> Select<Self> {
                session.$select()
            }
        })+
    };
}

keyed! {
    agreement: Id id Uuid, select;
    annual_plan: Id id Uuid, select;
    coordination_round: Id id Uuid, select;


    calendar: Id id Uuid, select;
    calendar_entry: Id id Uuid, select;
    data_request: Id id Uuid, select;
    dataset: Id id Uuid, select;
    dataset_import: Id id Uuid, select;
    dataset_release: Id id Uuid, select;
    dataset_version: Id id Uuid, select;
    external_calendar: Id id Uuid, select;
    feed: Id id Uuid, select;
    field_of_work: Id id Uuid, select;
    learning_place: Id id Uuid, select;
    organisation: Id id Uuid, select;
    organisation_person: OrganisationId organisation_id Uuid, select;
    merge_proposal: Id id Uuid, select;
    education_offer: Id id Uuid, select;
    member: Id id Uuid, select;
    role_grant: Id id Uuid, select;
    share: Id id Uuid, select;
    tenant_closure: Id id Uuid, select;
    tenant: Id id Uuid, reference;
    holiday: Id id Uuid, reference;
    indicator: Id id Uuid, reference;
    region: Ags ags String, reference;
}

/// Rows that are read by their parent: of a table, or of a table in another order of things.
pub trait Grouped: 'static {
    /// The table.
    type Of: Owned<Model: FromQueryResult + Send + Sync + 'static>;
    /// The column of the parent.
    const PARENT: <Self::Of as EntityTrait>::Column;
    /// The column that sorts the children of one parent.
    const SORT: <Self::Of as EntityTrait>::Column;
    /// The parent of a row.
    fn parent(row: &<Self::Of as EntityTrait>::Model) -> Uuid;
}

impl Grouped for e::agreement_party::Entity {
    type Of = e::agreement_party::Entity;
    const PARENT: e::agreement_party::Column = e::agreement_party::Column::AgreementId;
    const SORT: e::agreement_party::Column = e::agreement_party::Column::TenantId;
    fn parent(row: &e::agreement_party::Model) -> Uuid {
        row.agreement_id
    }
}

impl Grouped for e::annual_plan_calendar::Entity {
    type Of = e::annual_plan_calendar::Entity;
    const PARENT: e::annual_plan_calendar::Column = e::annual_plan_calendar::Column::PlanId;
    const SORT: e::annual_plan_calendar::Column = e::annual_plan_calendar::Column::CalendarId;
    fn parent(row: &e::annual_plan_calendar::Model) -> Uuid {
        row.plan_id
    }
}

impl Grouped for e::conflict_acknowledgement::Entity {
    type Of = e::conflict_acknowledgement::Entity;
    const PARENT: e::conflict_acknowledgement::Column = e::conflict_acknowledgement::Column::EntryId;
    const SORT: e::conflict_acknowledgement::Column = e::conflict_acknowledgement::Column::Id;
    fn parent(row: &e::conflict_acknowledgement::Model) -> Uuid {
        row.entry_id
    }
}

impl Grouped for e::dataset_content::Entity {
    type Of = e::dataset_content::Entity;
    const PARENT: e::dataset_content::Column = e::dataset_content::Column::VersionId;
    const SORT: e::dataset_content::Column = e::dataset_content::Column::Kind;
    fn parent(row: &e::dataset_content::Model) -> Uuid {
        row.version_id
    }
}

impl Grouped for e::dataset_version::Entity {
    type Of = e::dataset_version::Entity;
    const PARENT: e::dataset_version::Column = e::dataset_version::Column::DatasetId;
    const SORT: e::dataset_version::Column = e::dataset_version::Column::CreatedAt;
    fn parent(row: &e::dataset_version::Model) -> Uuid {
        row.dataset_id
    }
}

impl Grouped for e::learning_place_origin::Entity {
    type Of = e::learning_place_origin::Entity;
    const PARENT: e::learning_place_origin::Column = e::learning_place_origin::Column::LearningPlaceId;
    const SORT: e::learning_place_origin::Column = e::learning_place_origin::Column::Id;
    fn parent(row: &e::learning_place_origin::Model) -> Uuid {
        row.learning_place_id
    }
}

impl Grouped for e::plan_snapshot::Entity {
    type Of = e::plan_snapshot::Entity;
    const PARENT: e::plan_snapshot::Column = e::plan_snapshot::Column::PlanId;
    const SORT: e::plan_snapshot::Column = e::plan_snapshot::Column::Id;
    fn parent(row: &e::plan_snapshot::Model) -> Uuid {
        row.plan_id
    }
}

impl Grouped for e::round_plan::Entity {
    type Of = e::round_plan::Entity;
    const PARENT: e::round_plan::Column = e::round_plan::Column::RoundId;
    const SORT: e::round_plan::Column = e::round_plan::Column::SubmittedAt;
    fn parent(row: &e::round_plan::Model) -> Uuid {
        row.round_id
    }
}

/// The rounds of a plan, where the table itself is grouped by round.
pub enum RoundsOfPlan {}

impl Grouped for RoundsOfPlan {
    type Of = e::round_plan::Entity;
    const PARENT: e::round_plan::Column = e::round_plan::Column::PlanId;
    const SORT: e::round_plan::Column = e::round_plan::Column::SubmittedAt;
    fn parent(row: &e::round_plan::Model) -> Uuid {
        row.plan_id
    }
}

/// Marks groups apart from rows.
struct GroupsOf<G>(PhantomData<G>);

type Model<G> = <<G as Grouped>::Of as EntityTrait>::Model;
type Groups<G> = HashMap<Uuid, Arc<Vec<Model<G>>>>;
type Rows<E> = HashMap<<E as Keyed>::Key, Option<Arc<<E as EntityTrait>::Model>>>;

#[derive(Default)]
pub(super) struct Loaded {
    tables: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

impl Loaded {
    fn with<E: Keyed, T>(&self, use_rows: impl FnOnce(&mut Rows<E>) -> T) -> Option<T> {
        self.map::<E, _, T>(use_rows)
    }

    fn map<Tag: 'static, M: Default + Send + 'static, T>(&self, use_map: impl FnOnce(&mut M) -> T) -> Option<T> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let map = tables.entry(TypeId::of::<Tag>()).or_insert_with(|| Box::new(M::default()));
        map.downcast_mut::<M>().map(use_map)
    }

    pub(super) fn missing_groups<E: Grouped>(&self, parents: impl IntoIterator<Item = Uuid>) -> Vec<Uuid> {
        let parents: BTreeSet<_> = parents.into_iter().collect();
        self.map::<GroupsOf<E>, Groups<E>, _>(|groups| {
            parents.into_iter().filter(|it| !groups.contains_key(it)).collect()
        })
        .unwrap_or_default()
    }

    pub(super) fn add_groups<E: Grouped>(&self, asked: Vec<Uuid>, found: Vec<Model<E>>) {
        let mut groups: HashMap<Uuid, Vec<Model<E>>> = asked.into_iter().map(|it| (it, Vec::new())).collect();
        for row in found {
            groups.entry(E::parent(&row)).or_default().push(row);
        }
        self.map::<GroupsOf<E>, Groups<E>, _>(|known| {
            known.extend(groups.into_iter().map(|(parent, rows)| (parent, Arc::new(rows))));
        });
    }

    pub(super) fn group<E: Grouped>(&self, parent: Uuid) -> Arc<Vec<Model<E>>> {
        self.map::<GroupsOf<E>, Groups<E>, _>(|groups| groups.get(&parent).cloned()).flatten().unwrap_or_default()
    }

    pub(super) fn missing<E: Keyed>(&self, keys: impl IntoIterator<Item = E::Key>) -> Vec<E::Key> {
        let keys: BTreeSet<_> = keys.into_iter().collect();
        self.with::<E, _>(|rows| keys.into_iter().filter(|it| !rows.contains_key(it)).collect()).unwrap_or_default()
    }

    pub(super) fn add<E: Keyed>(&self, asked: Vec<E::Key>, found: Vec<E::Model>) {
        self.with::<E, _>(|rows| {
            rows.extend(asked.into_iter().map(|key| (key, None)));
            rows.extend(found.into_iter().map(|row| (E::key(&row), Some(Arc::new(row)))));
        });
    }

    pub(super) fn get<E: Keyed>(&self, key: &E::Key) -> Option<Arc<E::Model>> {
        self.with::<E, _>(|rows| rows.get(key).cloned().flatten()).flatten()
    }
}
