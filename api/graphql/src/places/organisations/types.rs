//! API types of organisations.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::places::externals::IdsOfOrganisation;
use domain::places::merges::canonical::MergedOrganisations;
use domain::rights::nodes;
use entities::{organisation, organisation_person};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;
use uuid::Uuid;

use crate::access::abilities::OrganisationAbilities;
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::node_row::NodeRow;
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

impl NodeRow for nodes::Organisation {
    type Object = Organisation;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Organisation>> {
        Organisation::by_id(session, id).await
    }

    async fn preload(
        session: &Session,
        rows: &[Arc<organisation::Model>],
        selected: &Selected<'_, '_>,
    ) -> ApiResult<()> {
        let ids: Vec<_> = rows.iter().map(|it| it.id).collect();
        crate::places::organisations::query::preload(session, &ids, &|it| selected.node_path(it)).await
    }
}

/// Contact details of an office, not of a person.
#[derive(SimpleObject)]
pub struct OrganisationContact {
    /// Name of the office.
    function: Option<String>,
    /// E-mail address of the office.
    email: Option<String>,
    /// Telephone number of the office.
    phone: Option<String>,
}

/// Contact person of an organisation.
#[derive(SimpleObject)]
pub struct ContactPerson {
    /// Name of the person.
    name: String,
    /// Function of the person.
    function: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// Telephone number.
    phone: Option<String>,
    /// True if the person consented to be visible to all viewers of the organisation.
    consent: bool,
}

/// Organisation that runs learning places or holds education offers: authority, school body, association, church,
/// company and the like.
#[Object]
impl Organisation {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Organisation.id(self.0.id).into()
    }

    /// Authority that keeps the record.
    pub async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Name.
    pub async fn name(&self) -> &str {
        &self.0.name
    }

    /// Kind of the organisation.
    async fn kind(&self) -> OrganisationKind {
        self.0.kind.into()
    }

    /// Visibility.
    async fn visibility(&self) -> Visibility {
        self.0.visibility.into()
    }

    /// Description of the work.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Web address.
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

    /// Contact details of an office, not of a person.
    async fn contact(&self) -> OrganisationContact {
        OrganisationContact {
            function: self.0.contact_function.clone(),
            email: self.0.contact_email.clone(),
            phone: self.0.contact_phone.clone(),
        }
    }

    /// Contact person; null if there is none. Without the person's consent also null for all but members of the
    /// authority with `PLACES_READ`.
    async fn contact_person(&self, ctx: &Context<'_>) -> Option<ApiResult<ContactPerson>> {
        match ctx.session().await {
            Ok(session) => match session.get::<organisation_person::Entity>(self.0.id).await {
                Ok(row) => row.map(|it| {
                    Ok(ContactPerson {
                        name: it.name.clone(),
                        function: it.role.clone(),
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

    /// Ids in external registers.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    pub async fn external_ids(&self, ctx: &Context<'_>) -> ApiResult<Vec<ExternalId>> {
        Ok(shown(&ctx.session().await?.group::<IdsOfOrganisation>(self.0.id).await?))
    }

    /// Record of the same organisation into which this one was merged; null if not merged, or if that record is not
    /// visible to the viewer. References to a merged record remain valid.
    async fn merged_into(&self, ctx: &Context<'_>) -> Option<ApiResult<Self>> {
        let id = self.0.merged_into_id?;
        match ctx.session().await {
            Ok(session) => Self::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Instant of the merge; null where `mergedInto` is.
    pub async fn merged_at(&self, ctx: &Context<'_>) -> Option<ApiResult<DateTime<Utc>>> {
        let (id, at) = (self.0.merged_into_id?, self.0.merged_at?);
        let into = match ctx.session().await {
            Ok(session) => session.get::<organisation::Entity>(id).await,
            Err(error) => Err(error),
        };
        into.map(|it| it.map(|_| at)).transpose()
    }

    /// Records of the same organisation that were merged into this one, as far as visible to the viewer.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn merged_from(&self, ctx: &Context<'_>) -> ApiResult<Vec<Self>> {
        let rows = ctx.session().await?.group::<MergedOrganisations>(self.0.id).await?;
        Ok(rows.iter().map(|it| Self(Arc::new(it.clone()))).collect())
    }

    /// Instant of archiving; null = in use.
    pub async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// Actions open to the viewer on the organisation.
    async fn viewer_can(&self) -> OrganisationAbilities {
        OrganisationAbilities(self.0.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    pub async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
