//! Rows a session has read by key, so that a list's children come in one statement and are shared by its rows.
//! It lives and dies with the session: nothing is remembered across requests or actors.

use std::any::{Any, TypeId};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use entities as e;
use sea_orm::{EntityTrait, FromQueryResult, Select, Value};
use uuid::Uuid;

use crate::{Owned, Session};

/// A table whose rows are looked up by a key.
pub trait ByKey: 'static {
    /// The table.
    type Of: EntityTrait<Model: FromQueryResult + Send + Sync + 'static>;
    /// The type of the key.
    type Key: Clone + Eq + Ord + Hash + ToString + Into<Value> + Send + Sync + 'static;
    /// Its column.
    const KEY: <Self::Of as EntityTrait>::Column;
    /// The key of a row.
    fn key(row: &<Self::Of as EntityTrait>::Model) -> Self::Key;
    /// The rows that the session may read.
    fn select(session: &Session) -> Select<Self::Of>;
}

macro_rules! by_key {
    ($($table:ident: $column:ident $field:ident $key:ty, $select:ident);+ $(;)?) => {
        $(impl ByKey for e::$table::Entity {
            type Of = Self;
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

/// The lookup by id of the rows of a type with a global id.
macro_rules! by_id {
    // A proposal is visible where its entry is: `domain::planning::proposals` looks it up.
    (change_proposal $writer:ident) => {};
    ($table:ident reference) => {
        by_key! { $table: Id id Uuid, reference; }
    };
    ($table:ident $writer:ident) => {
        by_key! { $table: Id id Uuid, select; }
    };
}

macro_rules! nodes_by_id {
    ($($section:ident { $($node:ident $prefix:literal $table:ident $about:literal $writer:ident $rights:ident;)+ })+) => {
        $($(by_id!($table $writer);)+)+
    };
}

kernel::for_each_node_type!(nodes_by_id);

by_key! {
    organisation_person: OrganisationId organisation_id Uuid, select;
    indicator_measurement: Id id Uuid, select;
    region: Ags ags String, reference;
}

/// Rows that are read by their parent: of a table, or of a table in another order of things.
pub trait ByParent: 'static {
    /// The table.
    type Of: Owned<Model: FromQueryResult + Send + Sync + 'static>;
    /// The column of the parent.
    const PARENT: <Self::Of as EntityTrait>::Column;
    /// The column that sorts the children of one parent.
    const SORT: <Self::Of as EntityTrait>::Column;
    /// The parent of a row.
    fn parent(row: &<Self::Of as EntityTrait>::Model) -> Uuid;
}

macro_rules! by_parent {
    ($($table:ident: $parent:ident $field:ident, by $sort:ident);+ $(;)?) => {
        $(impl ByParent for e::$table::Entity {
            type Of = e::$table::Entity;
            const PARENT: e::$table::Column = e::$table::Column::$parent;
            const SORT: e::$table::Column = e::$table::Column::$sort;
            fn parent(row: &e::$table::Model) -> Uuid {
                row.$field
            }
        })+
    };
}

by_parent! {
    agreement_party: AgreementId agreement_id, by TenantId;
    annual_plan_calendar: PlanId plan_id, by CalendarId;
    budget_line: ProjectId project_id, by Year;
    conflict_acknowledgement: EntryId entry_id, by Id;
    dataset_content: VersionId version_id, by Kind;
    dataset_version: DatasetId dataset_id, by CreatedAt;
    document_version: DocumentId document_id, by Number;
    education_offer_date: OfferId offer_id, by CalendarEntryId;
    funding: ProjectId project_id, by EligibleFrom;
    indicator_measurement: ProjectId project_id, by MeasuredOn;
    learning_place_origin: LearningPlaceId learning_place_id, by Id;
    milestone: ProjectId project_id, by DueOn;
    obligation: ProjectId project_id, by DueOn;
    own_share: ProjectId project_id, by CreatedAt;
    plan_snapshot: PlanId plan_id, by TakenAt;
    project_document: ProjectId project_id, by CreatedAt;
    project_indicator: ProjectId project_id, by CreatedAt;
    project_link: ProjectId project_id, by CreatedAt;
    project_member: ProjectId project_id, by CreatedAt;
    project_partner: ProjectId project_id, by CreatedAt;
    project_step: ProjectId project_id, by CreatedAt;
    round_plan: RoundId round_id, by SubmittedAt;
    share: TenantId tenant_id, by CreatedAt;
    status_report: ProjectId project_id, by PeriodUntil;
    work_package: ProjectId project_id, by CreatedAt;
    work_package_dependency: ProjectId project_id, by DependsOnId;
}

/// The rounds of a plan, where the table itself is grouped by round.
pub enum RoundsOfPlan {}

impl ByParent for RoundsOfPlan {
    type Of = e::round_plan::Entity;
    const PARENT: e::round_plan::Column = e::round_plan::Column::PlanId;
    const SORT: e::round_plan::Column = e::round_plan::Column::SubmittedAt;
    fn parent(row: &e::round_plan::Model) -> Uuid {
        row.plan_id
    }
}

/// Marks groups apart from rows.
struct GroupsOf<G>(PhantomData<G>);

/// Marks computed values apart from rows.
struct ValuesOf<T>(PhantomData<T>);

type ModelOf<G> = <<G as ByParent>::Of as EntityTrait>::Model;
type Groups<G> = HashMap<Uuid, Arc<Vec<ModelOf<G>>>>;
type RowOf<E> = <<E as ByKey>::Of as EntityTrait>::Model;
type RowsOf<E> = HashMap<<E as ByKey>::Key, Option<Arc<RowOf<E>>>>;

/// Keys that are wanted of one table. Resolvers of siblings run side by side, and each wants rows of its own: they name them
/// here, and whoever has the turn loads what all of them want.
pub(super) struct LoadQueue<K> {
    wanted: Mutex<BTreeSet<K>>,
    turn: tokio::sync::Mutex<()>,
}

impl<K: Ord> LoadQueue<K> {
    /// Names keys and waits for the turn: what was named since the turn before, and the turn. Whoever had that one may have
    /// loaded some of it.
    pub(super) async fn turn(&self, keys: Vec<K>) -> (BTreeSet<K>, tokio::sync::MutexGuard<'_, ()>) {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
        // Siblings are polled in the same pass as this one; after it they all have named their keys.
        tokio::task::yield_now().await;
        let turn = self.turn.lock().await;
        let wanted = std::mem::take(&mut *self.wanted.lock().unwrap_or_else(PoisonError::into_inner));
        (wanted, turn)
    }
}

#[derive(Default)]
pub(super) struct RowCache {
    tables: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
    queues: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl RowCache {
    /// The queue of the rows of a table by key.
    pub(super) fn queue<E: ByKey>(&self) -> Option<Arc<LoadQueue<E::Key>>> {
        self.queue_of::<E, E::Key>()
    }

    /// The queue of the groups of a table by parent.
    pub(super) fn queue_of_groups<E: ByParent>(&self) -> Option<Arc<LoadQueue<Uuid>>> {
        self.queue_of::<GroupsOf<E>, Uuid>()
    }

    /// The queue of values that are computed by key.
    pub(super) fn queue_of_values<T: 'static>(&self) -> Option<Arc<LoadQueue<Uuid>>> {
        self.queue_of::<ValuesOf<T>, Uuid>()
    }

    /// A value that was computed.
    pub(super) fn value<T: Send + Sync + 'static>(&self, key: Uuid) -> Option<Arc<T>> {
        self.map::<ValuesOf<T>, HashMap<Uuid, Arc<T>>, _>(|values| values.get(&key).cloned()).flatten()
    }

    /// Remembers values that were computed.
    pub(super) fn add_values<T: Send + Sync + 'static>(&self, computed: Vec<(Uuid, T)>) {
        self.map::<ValuesOf<T>, HashMap<Uuid, Arc<T>>, _>(|values| {
            values.extend(computed.into_iter().map(|(key, value)| (key, Arc::new(value))));
        });
    }

    fn queue_of<Tag: 'static, K: Ord + Send + Sync + 'static>(&self) -> Option<Arc<LoadQueue<K>>> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || -> Arc<dyn Any + Send + Sync> {
            Arc::new(LoadQueue::<K> { wanted: Mutex::default(), turn: tokio::sync::Mutex::default() })
        };
        queues.entry(TypeId::of::<Tag>()).or_insert_with(new).clone().downcast().ok()
    }

    fn with<E: ByKey, T>(&self, use_rows: impl FnOnce(&mut RowsOf<E>) -> T) -> Option<T> {
        self.map::<E, _, T>(use_rows)
    }

    fn map<Tag: 'static, M: Default + Send + 'static, T>(&self, use_map: impl FnOnce(&mut M) -> T) -> Option<T> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let map = tables.entry(TypeId::of::<Tag>()).or_insert_with(|| Box::new(M::default()));
        map.downcast_mut::<M>().map(use_map)
    }

    pub(super) fn missing_groups<E: ByParent>(&self, parents: &BTreeSet<Uuid>) -> Vec<Uuid> {
        let missing = |groups: &mut Groups<E>| parents.iter().filter(|it| !groups.contains_key(it)).copied().collect();
        self.map::<GroupsOf<E>, Groups<E>, _>(missing).unwrap_or_default()
    }

    pub(super) fn add_groups<E: ByParent>(&self, asked: Vec<Uuid>, found: Vec<ModelOf<E>>) {
        let mut groups: HashMap<Uuid, Vec<ModelOf<E>>> = asked.into_iter().map(|it| (it, Vec::new())).collect();
        for row in found {
            groups.entry(E::parent(&row)).or_default().push(row);
        }
        self.map::<GroupsOf<E>, Groups<E>, _>(|known| {
            known.extend(groups.into_iter().map(|(parent, rows)| (parent, Arc::new(rows))));
        });
    }

    pub(super) fn group<E: ByParent>(&self, parent: Uuid) -> Arc<Vec<ModelOf<E>>> {
        self.map::<GroupsOf<E>, Groups<E>, _>(|groups| groups.get(&parent).cloned()).flatten().unwrap_or_default()
    }

    pub(super) fn missing<E: ByKey>(&self, keys: &BTreeSet<E::Key>) -> Vec<E::Key> {
        let missing = |rows: &mut RowsOf<E>| keys.iter().filter(|it| !rows.contains_key(it)).cloned().collect();
        self.with::<E, _>(missing).unwrap_or_default()
    }

    pub(super) fn add<E: ByKey>(&self, asked: Vec<E::Key>, found: Vec<RowOf<E>>) {
        self.with::<E, _>(|rows| {
            rows.extend(asked.into_iter().map(|key| (key, None)));
            rows.extend(found.into_iter().map(|row| (E::key(&row), Some(Arc::new(row)))));
        });
    }

    pub(super) fn get<E: ByKey>(&self, key: &E::Key) -> Option<Arc<RowOf<E>>> {
        self.with::<E, _>(|rows| rows.get(key).cloned().flatten()).flatten()
    }
}
