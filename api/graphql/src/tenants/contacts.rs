//! API type of an authority's contacts, the inputs that change them, and their list.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::tenants::contacts::{ContactPatch, ContactValues};
use entities::{tenant, tenant_contact};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue};
use uuid::Uuid;

use crate::access::abilities::TenantContactAbilities;
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::enums::ContactKind;
use crate::inputs::inputs;
use crate::lookahead::Selected;
use crate::node_row::node_object;
use crate::payload::payload;
use crate::tenants::types::{Tenant, tenant_of};

/// Office or function of an authority that everybody may write to or call, such as the data protection officer. Public.
pub struct TenantContact(pub Arc<tenant_contact::Model>);

node_object!(TenantContact, |row| Self(row));

/// Office or function of an authority that everybody may write to or call, such as the data protection officer. Public.
#[Object]
impl TenantContact {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::TenantContact.id(self.0.id).into()
    }

    /// Authority of the contact.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Purpose of the contact.
    async fn kind(&self) -> ContactKind {
        self.0.kind.into()
    }

    /// Name of the office or function.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// E-mail address.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Telephone number.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Web address.
    async fn website(&self) -> Option<&str> {
        self.0.website.as_deref()
    }

    /// Actions open to the viewer on the contact.
    async fn viewer_can(&self) -> TenantContactAbilities {
        TenantContactAbilities(self.0.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
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

inputs! {
    /// Values of a new contact of an authority. At least one of `email`, `phone` and `website` is needed.
    create TenantContactCreateInput into ContactValues {
        /// Authority of the contact, on whose behalf the viewer acts.
        tenant: ID,
        /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
        /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
        idempotency_key: Option<String>,
    }
    /// Changes to a contact of an authority. Omitted fields keep their values; null clears an optional field. At least one of
    /// `email`, `phone` and `website` must remain.
    update TenantContactUpdateInput into ContactPatch {
        /// Contact to change.
        id: ID,
        /// Version of the contact that the client last read; `STALE_VERSION` if it has changed since.
        version: i32,
    }
    required {
        /// Purpose of the contact.
        kind: ContactKind,
        /// Name of the office or function, at most 200 characters; public. The name of a person does not belong here.
        name: String,
    }
    defaulted {}
    optional {
        /// E-mail address, at most 200 characters.
        email: String,
        /// Telephone number, at most 60 characters.
        phone: String,
        /// Web address, with `https://` or `http://`.
        website: String,
    }
    lists {}
}

/// Deletion of a contact.
#[derive(InputObject)]
pub struct TenantContactDeleteInput {
    /// Contact to delete.
    pub(crate) id: ID,
    /// Version of the contact that the client last read; `STALE_VERSION` if it has changed since.
    pub(crate) version: i32,
}

payload! {
    /// Payload of `tenantContactCreate`, `tenantContactUpdate` and `tenantContactDelete`.
    TenantContactPayload {
        /// Contact in its current state; null after deletion, and after a refusal other than `STALE_VERSION`.
        tenant_contact: TenantContact
    } by TenantContact::by_id
}

/// Filter of `Tenant.contacts`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct TenantContactFilter {
    /// Only contacts for these purposes.
    kinds: Option<Vec<ContactKind>>,
}

/// Contacts of an authority by name.
pub async fn contact_page(
    ctx: &Context<'_>,
    tenant: Uuid,
    filter: TenantContactFilter,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> ApiResult<Paged<TenantContact>> {
    let request = PageRequest::new(first, after, last, before, &format!("contacts {tenant} {filter:?}"))?;
    let session = ctx.session().await?;
    let mut select = session.select::<tenant_contact::Entity>().filter(tenant_contact::Column::TenantId.eq(tenant));
    if let Some(kinds) = filter.kinds {
        let kinds = kinds.into_iter().map(entities::ContactKind::from);
        select = select.filter(tenant_contact::Column::Kind.is_in(kinds));
    }
    let order = Order {
        column: tenant_contact::Column::Name,
        id: tenant_contact::Column::Id,
        descending: false,
        nullable: false,
        key: |row: &tenant_contact::Model| (SortValue::Text(Some(row.name.clone())), row.id),
    };
    let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
    if Selected::of(ctx).node("tenant") {
        session.load::<tenant::Entity>([tenant]).await?;
    }
    Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, TenantContact(Arc::new(row))))))
}
