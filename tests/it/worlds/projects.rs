//! The same proof for projects: who sees which, and which of their parts, is what the rule says, written down again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use domain::projects::project_access::{audience, party_audience};
use entities as e;
use entities::{
    AgreementState, Area, Confidentiality, DocumentKind, PUBLIC_SCOPE, PartnerState, ProjectPhase, ProjectRole,
    RoleKey, ScopeArea, ShareLevel, WorkStatus,
};
use kernel::global_id::NodeType;
use kernel::ids::new_id;
use sea_orm::DatabaseConnection;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use store::scopes::Audience;
use uuid::Uuid;
use verbund_tests::app::token;
use verbund_tests::{Dice, Engine, TestApp};

use super::oracle::{between, covers, holds, reads};
use super::random::{ROLES, Random, put};
use super::{Placed, WORLDS};

/// Partners of a project, and how far each is.
type Partners = Vec<(usize, PartnerState)>;

struct Project {
    id: Uuid,
    lead: usize,
    agreement: Option<usize>,
    field: Option<Uuid>,
    confidentiality: Confidentiality,
    partners: Partners,
    /// What each party has in it: a work package, a document, somebody who agreed to nothing.
    parts: Vec<(usize, [Uuid; 3])>,
}

struct Share {
    tenant: usize,
    agreement: usize,
    project: Option<usize>,
    field: Option<Uuid>,
    grantee: Option<usize>,
    role: Option<RoleKey>,
    level: ShareLevel,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    ended: bool,
}

/// Projects of a random world.
struct Projects {
    all: Vec<Project>,
    shares: Vec<Share>,
}

impl Projects {
    fn new(world: &Random, seed: u64) -> Self {
        let mut dice = Dice::new(seed + 77);
        let (mut all, mut shares) = (Vec::<Project>::new(), Vec::new());
        for lead in 0..world.tenants.len() {
            let bound: Vec<_> =
                (0..world.agreements.len()).filter(|it| world.agreements[*it].parties.contains(&lead)).collect();
            for _ in 0..3 {
                let agreement = (!bound.is_empty() && dice.chance(85)).then(|| dice.one(&bound));
                let others = agreement.map(|it| world.agreements[it].parties.clone()).unwrap_or_default();
                let mut partners = Partners::new();
                for other in others.into_iter().filter(|it| *it != lead) {
                    if dice.chance(70) {
                        let states =
                            [PartnerState::Invited, PartnerState::Active, PartnerState::Active, PartnerState::Ended];
                        partners.push((other, dice.one(&states)));
                    }
                }
                let parties = partners.iter().filter(|it| it.1 != PartnerState::Invited).map(|it| it.0).chain([lead]);
                all.push(Project {
                    id: new_id(),
                    lead,
                    agreement,
                    field: dice.chance(70).then(|| dice.one(&world.fields)),
                    confidentiality: dice.one(Confidentiality::ALL),
                    parts: parties.map(|it| (it, [new_id(), new_id(), new_id()])).collect(),
                    partners,
                });
            }
            for _ in 0..2 {
                let Some(agreement) = (!bound.is_empty()).then(|| dice.one(&bound)) else { continue };
                let others: Vec<_> =
                    world.agreements[agreement].parties.iter().copied().filter(|it| *it != lead).collect();
                let own: Vec<_> = (0..all.len()).filter(|it| all[*it].lead == lead).collect();
                let project = dice.chance(60).then(|| dice.one(&own));
                let today = world.now.date_naive();
                let from = dice.chance(30).then(|| today - Days::new(1) + Days::new(dice.below(3) as u64));
                let until = dice.chance(30).then(|| today + Days::new(1) - Days::new(dice.below(2) as u64));
                shares.push(Share {
                    tenant: lead,
                    agreement,
                    project,
                    field: (project.is_none() && dice.chance(70)).then(|| dice.one(&world.fields)),
                    grantee: (!others.is_empty() && dice.chance(30)).then(|| dice.one(&others)),
                    role: dice.chance(20).then(|| dice.one(&ROLES)),
                    level: dice.one(&[ShareLevel::Summary, ShareLevel::Full, ShareLevel::Contribute]),
                    from,
                    until: until.map(|it| from.map_or(it, |from| it.max(from))),
                    ended: dice.chance(15),
                });
            }
        }
        Self { all, shares }
    }

    /// Scopes by id of the row, as the product gives them.
    fn placed(
        &self,
        world: &Random,
    ) -> (BTreeMap<Uuid, Audience>, Vec<e::project::Model>, Vec<e::project_partner::Model>) {
        let shares: Vec<_> = self.shares.iter().filter(|it| !it.ended).map(|it| self.row_of(world, it)).collect();
        let (mut scopes, mut rows, mut partners) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (index, it) in self.all.iter().enumerate() {
            let mut row = self.project_of(world, index);
            let mut own: Vec<_> =
                it.partners.iter().map(|(tenant, state)| partner(world, it, *tenant, *state)).collect();
            let shares: Vec<_> = shares.iter().filter(|it| it.tenant_id == row.tenant_id).cloned().collect();
            let outline = audience(&row, &own, &shares, ShareLevel::Summary);
            let inner = audience(&row, &own, &shares, ShareLevel::Full);
            (row.scope_id, row.inner_scope_id) = (outline.id(), inner.id());
            for it in &mut own {
                it.scope_id = if it.state == PartnerState::Active { row.scope_id } else { row.inner_scope_id };
            }
            for (tenant, [work, document, person]) in &it.parts {
                let owner = world.tenants[*tenant].id;
                let house = if *tenant == it.lead { inner.clone() } else { party_audience(&row, owner) };
                scopes.insert(*work, inner.clone());
                scopes.insert(*document, house);
                scopes.insert(*person, Audience::private(owner, ScopeArea::Projects, it.field));
            }
            scopes.insert(row.id, outline);
            scopes.insert(new_id(), inner);
            rows.push(row);
            partners.extend(own);
        }
        (scopes, rows, partners)
    }

    fn project_of(&self, world: &Random, index: usize) -> e::project::Model {
        let it = &self.all[index];
        e::project::Model {
            id: it.id,
            tenant_id: world.tenants[it.lead].id,
            scope_id: PUBLIC_SCOPE,
            inner_scope_id: PUBLIC_SCOPE,
            agreement_id: it.agreement.map(|it| world.agreements[it].id),
            field_of_work_id: it.field,
            title: format!("Project {index}"),
            summary: None,
            search_text: "p".to_owned(),
            phase: ProjectPhase::Running,
            confidentiality: it.confidentiality,
            pillar: None,
            audiences: None,
            target_groups: None,
            place_id: None,
            starts_on: None,
            ends_on: None,
            version: 1,
            created_at: world.now,
            updated_at: world.now,
        }
    }

    fn row_of(&self, world: &Random, it: &Share) -> e::share::Model {
        e::share::Model {
            id: new_id(),
            tenant_id: world.tenants[it.tenant].id,
            scope_id: Audience::private(world.tenants[it.tenant].id, ScopeArea::Agreements, None).id(),
            agreement_id: world.agreements[it.agreement].id,
            area: Area::Projects,
            calendar_id: None,
            dataset_id: None,
            project_id: it.project.map(|it| self.all[it].id),
            field_of_work_id: it.field,
            grantee_tenant_id: it.grantee.map(|it| world.tenants[it].id),
            grantee_role: it.role,
            level: it.level,
            valid_from: it.from,
            valid_until: it.until,
            reason: None,
            ended_at: it.ended.then_some(world.now),
            version: 1,
            created_at: world.now,
            updated_at: world.now,
        }
    }

    /// Writes them into the database of the world; the scope of each row.
    async fn insert(&self, world: &Random, db: &DatabaseConnection) -> BTreeMap<Uuid, Uuid> {
        let (audiences, rows, partners) = self.placed(world);
        let scopes: Vec<_> = audiences.values().cloned().collect();
        for pass in [0, 1] {
            world.insert_scopes(db, &scopes, pass).await;
        }
        put(db, rows).await;
        put(db, partners).await;
        let of = |id: &Uuid| audiences[id].id();
        for project in &self.all {
            for (tenant, [work, document, person]) in &project.parts {
                let tenant_id = world.tenants[*tenant].id;
                put(
                    db,
                    [e::work_package::Model {
                        id: *work,
                        tenant_id,
                        scope_id: of(work),
                        project_id: project.id,
                        title: "W".to_owned(),
                        description: None,
                        status: WorkStatus::Planned,
                        starts_on: None,
                        ends_on: None,
                        version: 1,
                        created_at: world.now,
                        updated_at: world.now,
                    }],
                )
                .await;
                put(
                    db,
                    [e::project_document::Model {
                        id: *document,
                        tenant_id,
                        scope_id: of(document),
                        project_id: project.id,
                        field_of_work_id: project.field,
                        title: "D".to_owned(),
                        kind: DocumentKind::Other,
                        latest: 0,
                        version: 1,
                        created_at: world.now,
                        updated_at: world.now,
                    }],
                )
                .await;
                put(
                    db,
                    [e::project_member::Model {
                        id: *person,
                        tenant_id,
                        scope_id: of(person),
                        project_id: project.id,
                        name: "P".to_owned(),
                        function: None,
                        role: ProjectRole::Member,
                        email: None,
                        consented: false,
                        version: 1,
                        created_at: world.now,
                        updated_at: world.now,
                    }],
                )
                .await;
            }
        }
        put(db, self.shares.iter().map(|it| self.row_of(world, it))).await;
        audiences.iter().map(|(id, it)| (*id, it.id())).collect()
    }

    /// Ids of rows and their types.
    fn ids(&self) -> Vec<(NodeType, Uuid)> {
        let parts = |it: &Project| {
            let parts = it.parts.iter().flat_map(|(_, [work, document, person])| {
                [
                    (NodeType::WorkPackage, *work),
                    (NodeType::ProjectDocument, *document),
                    (NodeType::ProjectMember, *person),
                ]
            });
            parts.chain([(NodeType::Project, it.id)]).collect::<Vec<_>>()
        };
        self.all.iter().flat_map(parts).collect()
    }

    /// The rule: what a person sees.
    fn seen(&self, world: &Random, person: usize) -> BTreeSet<Uuid> {
        let mut seen = BTreeSet::new();
        for (index, it) in self.all.iter().enumerate() {
            // Somebody of a party sees what that party has, if the role covers the field.
            let of_house = |tenant: usize| {
                let mut roles = world.roles.iter().filter(|it| it.person == person && it.tenant == tenant);
                roles.any(|role| holds(world, role) && reads(role.role) && covers(role.fields.as_deref(), it.field))
            };
            // What `owner` has goes across by an agreement that is in force, as the owner's clock has it.
            let across = |owner: usize, agreement: usize, to: Option<usize>, only: Option<RoleKey>| {
                let agreement = &world.agreements[agreement];
                let in_force = agreement.state == AgreementState::Active
                    && agreement.projects
                    && between(world.today(owner), Some(agreement.from), agreement.until)
                    && covers(agreement.fields.as_deref(), it.field)
                    && agreement.parties.contains(&owner);
                let mut roles = world.roles.iter().filter(|it| it.person == person && it.tenant != owner);
                in_force
                    && roles.any(|role| {
                        holds(world, role)
                            && reads(role.role)
                            && covers(role.fields.as_deref(), it.field)
                            && agreement.parties.contains(&role.tenant)
                            && to.is_none_or(|it| it == role.tenant)
                            && only.is_none_or(|it| it == role.role)
                    })
            };
            let of_partner = it.agreement.is_some_and(|agreement| {
                let mut present = it.partners.iter().filter(|it| it.1 != PartnerState::Ended);
                present.any(|partner| across(it.lead, agreement, Some(partner.0), None))
            });
            let by_share = |min: ShareLevel| {
                it.confidentiality != Confidentiality::Internal
                    && self.shares.iter().any(|share| {
                        share.tenant == it.lead
                            && !share.ended
                            && share.level >= min
                            && share.project.is_none_or(|it| it == index)
                            && (share.field.is_none() || share.field == it.field)
                            && between(world.today(it.lead), share.from, share.until)
                            && across(it.lead, share.agreement, share.grantee, share.role)
                    })
            };
            let public = it.confidentiality == Confidentiality::Public;
            if public || of_house(it.lead) || of_partner || by_share(ShareLevel::Summary) {
                seen.insert(it.id);
            }
            let plan = of_house(it.lead) || of_partner || by_share(ShareLevel::Full);
            for (tenant, [work, document, somebody]) in &it.parts {
                let lead_sees = *tenant != it.lead
                    && it.agreement.is_some_and(|agreement| across(*tenant, agreement, Some(it.lead), None));
                let own = if *tenant == it.lead { plan } else { of_house(*tenant) || lead_sees };
                seen.extend(plan.then_some(*work));
                seen.extend(own.then_some(*document));
                seen.extend(of_house(*tenant).then_some(*somebody));
            }
        }
        seen
    }
}

fn partner(world: &Random, project: &Project, tenant: usize, state: PartnerState) -> e::project_partner::Model {
    e::project_partner::Model {
        project_id: project.id,
        tenant_id: world.tenants[tenant].id,
        scope_id: PUBLIC_SCOPE,
        state,
        invited_by: "Somebody".to_owned(),
        joined_by: (state != PartnerState::Invited).then(|| "Somebody".to_owned()),
        joined_at: (state != PartnerState::Invited).then_some(world.now),
        ended_at: (state == PartnerState::Ended).then_some(world.now),
        end_reason: (state == PartnerState::Ended).then(|| "Over".to_owned()),
        version: 1,
        created_at: world.now,
        updated_at: world.now,
    }
}

pub async fn projects_and_their_parts_agree_with_the_rule(app: TestApp) {
    let (mut shown, mut hidden) = (0, 0);
    for seed in 0..WORLDS {
        let mut random = Random::new(2_000 + seed);
        // Partners are few; somebody in each who may read everything there sees what goes across.
        random.add_everybody();
        let world = Placed::new(&app, &random).await;
        let projects = Projects::new(&random, seed);
        let scopes = projects.insert(&random, world.database.rows().await.db()).await;
        let ids = projects.ids();
        for person in 0..random.persons.len() {
            let expected = projects.seen(&random, person);
            let name = format!("world {seed}, person {person}: {:?}", random.persons[person]);
            let access = world.session(&random, person).await;
            let by_policy = ids.iter().filter(|it| access.access().visibility(scopes[&it.1]).is_some()).map(|it| it.1);
            assert_eq!(by_policy.collect::<BTreeSet<_>>(), expected, "the policy, {name}");
            let (nodes, list) = world.projects_over_http(&random, person, &ids).await;
            assert_eq!(nodes, expected, "by id, {name}");
            let of_list: BTreeSet<_> = projects.all.iter().map(|it| it.id).filter(|it| expected.contains(it)).collect();
            assert_eq!(list, of_list, "the list, {name}");
            if app.engine == Engine::Postgres {
                assert_eq!(world.projects_behind_walls(&random, person).await, expected, "row-level security, {name}");
            }
            shown += expected.len();
            hidden += ids.len() - expected.len();
        }
    }
    assert!(shown > 1_000 && hidden > 1_000, "{shown} shown, {hidden} hidden");
}

impl Placed {
    /// What is seen of `ids` one by one, and the list of projects.
    async fn projects_over_http(
        &self,
        random: &Random,
        person: usize,
        ids: &[(NodeType, Uuid)],
    ) -> (BTreeSet<Uuid>, BTreeSet<Uuid>) {
        let client = self.server.client(Some(token(&self.config, &random.subject(person), random.now)));
        let mut seen = BTreeSet::new();
        for some in ids.chunks(100) {
            let asked: Vec<_> = some.iter().map(|(kind, id)| kind.id(*id)).collect();
            let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
            let data = client.send(query, json!({ "ids": asked })).await.data();
            let nodes = data["nodes"].as_array().expect("nodes").iter();
            seen.extend(some.iter().zip(nodes).filter(|it| !it.1.is_null()).map(|it| it.0.1));
        }
        let data = client.ask("{ projects(first: 100) { nodes { id } } }").await.data();
        let id =
            |it: &serde_json::Value| NodeType::Project.parse(it["id"].as_str().expect("an id"), "id").expect("an id");
        (seen, data["projects"]["nodes"].as_array().expect("nodes").iter().map(id).collect())
    }

    /// Ids that PostgreSQL gives the application role when nothing but its settings filters.
    async fn projects_behind_walls(&self, random: &Random, person: usize) -> BTreeSet<Uuid> {
        let scopes: Vec<_> = self.session(random, person).await.access().visible().map(|it| it.to_string()).collect();
        let mut conn = PgConnection::connect(&self.database.url).await.expect("a connection");
        let mut tx = conn.begin().await.expect("a transaction");
        let set = format!("SET LOCAL app.scopes = '{{{}}}'", scopes.join(","));
        tx.execute(AssertSqlSafe(set)).await.expect("a setting");
        let rows = "SELECT id FROM project UNION ALL SELECT id FROM work_package UNION ALL SELECT id FROM project_document \
                    UNION ALL SELECT id FROM project_member";
        tx.fetch_all(rows).await.expect("rows").iter().map(|row| row.get("id")).collect()
    }
}
