//! API types of organisations.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::places::externals::IdsOfOrganisation;
use domain::places::merges::standing::MergedOrganisations;
use entities::{ScopeArea, organisation, organisation_person};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::{Action, Object as PolicyObject};
use store::Session;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::places::enums::{OrganisationKind, Visibility};
use crate::places::external_types::{ExternalId, shown};
use crate::tenants::types::{Tenant, tenant_of};

/// An organisation of the directory.
pub struct Organisation(pub Arc<organisation::Model>);

impl Organisation {
    /// An organisation by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<organisation::Entity>(id).await?.map(Self))
    }
}

/// How to reach an organisation: an office, not a person.
#[derive(SimpleObject)]
pub struct OrganisationContact {
    /// Which office answers.
    function: Option<String>,
    /// Its address.
    email: Option<String>,
    /// Its telephone.
    phone: Option<String>,
}

/// The person to talk to.
#[derive(SimpleObject)]
pub struct ContactPerson {
    /// Name.
    name: String,
    /// What the person does there.
    role: Option<String>,
    /// Address.
    email: Option<String>,
    /// Telephone.
    phone: Option<String>,
    /// Whether the person agreed to be shown to whoever sees the organisation.
    consent: bool,
}

/// What the viewer may do with an organisation.
#[derive(SimpleObject)]
pub struct OrganisationAbilities {
    /// Change the record.
    update: bool,
}

/// An organisation: who runs learning places and holds education offers.
#[Object]
impl Organisation {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Organisation.id(self.0.id).into()
    }

    /// The authority that keeps the record.
    pub async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Name.
    pub async fn name(&self) -> &str {
        &self.0.name
    }

    /// What kind of organisation.
    async fn kind(&self) -> OrganisationKind {
        self.0.kind.into()
    }

    /// Whether everybody sees it.
    async fn visibility(&self) -> Visibility {
        self.0.visibility.into()
    }

    /// What it does.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Web page.
    async fn website(&self) -> Option<&str> {
        self.0.website.as_deref()
    }

    /// Street and number.
    pub async fn street(&self) -> Option<&str> {
        self.0.street.as_deref()
    }

    /// Postal code, as text.
    pub async fn postal_code(&self) -> Option<&str> {
        self.0.postal_code.as_deref()
    }

    /// Town or village.
    pub async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// How to reach it: an office, not a person.
    async fn contact(&self) -> OrganisationContact {
        OrganisationContact {
            function: self.0.contact_function.clone(),
            email: self.0.contact_email.clone(),
            phone: self.0.contact_phone.clone(),
        }
    }

    /// The person to talk to. Without the person's consent only the authority that keeps the record sees it; to others it
    /// is as if there were none.
    async fn contact_person(&self, ctx: &Context<'_>) -> Option<ApiResult<ContactPerson>> {
        match ctx.session().await {
            Ok(session) => match session.get::<organisation_person::Entity>(self.0.id).await {
                Ok(row) => row.map(|it| {
                    Ok(ContactPerson {
                        name: it.name.clone(),
                        role: it.role.clone(),
                        email: it.email.clone(),
                        phone: it.phone.clone(),
                        consent: it.consent,
                    })
                }),
                Err(error) => Some(Err(error)),
            },
            Err(error) => Some(Err(error)),
        }
    }

    /// Ids in other registers.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    pub async fn external_ids(&self, ctx: &Context<'_>) -> ApiResult<Vec<ExternalId>> {
        Ok(shown(&ctx.session().await?.group::<IdsOfOrganisation>(self.0.id).await?))
    }

    /// The record that took the place of this one: another one of the same organisation, where it is in sight. This one
    /// stays as it was, and what names it still finds it.
    async fn merged_into(&self, ctx: &Context<'_>) -> Option<ApiResult<Self>> {
        let id = self.0.merged_into_id?;
        match ctx.session().await {
            Ok(session) => Self::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// When that was; null while it stands for itself.
    pub async fn merged_at(&self) -> Option<DateTime<Utc>> {
        self.0.merged_at
    }

    /// Other records of the same organisation in sight, which this one took the place of.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn merged_from(&self, ctx: &Context<'_>) -> ApiResult<Vec<Self>> {
        let rows = ctx.session().await?.group::<MergedOrganisations>(self.0.id).await?;
        Ok(rows.iter().map(|it| Self(Arc::new(it.clone()))).collect())
    }

    /// When it was put away; null while it is in use.
    pub async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<OrganisationAbilities> {
        let session = ctx.session().await?;
        let object = PolicyObject::row(ScopeArea::Places, self.0.tenant_id, self.0.scope_id, None);
        Ok(OrganisationAbilities { update: session.access().can(Action::Write, &object) })
    }

    /// Grows by one with every change.
    pub async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
