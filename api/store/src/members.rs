//! Members of an authority as the operator reads them: with the rights of the owner and without scopes.

use entities::{member, person, role_grant, role_grant_field};
use kernel::error::{ApiError, ApiResult};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::fault::OrFault as _;
use crate::writer::Writer;

/// Members of an authority with what belongs to them.
#[derive(Clone, Debug)]
pub struct MemberRows {
    /// Members, by name.
    pub members: Vec<member::Model>,
    /// Accounts of the members.
    pub accounts: Vec<person::Model>,
    /// Role grants, oldest first, revoked ones included.
    pub grants: Vec<role_grant::Model>,
    /// Fields of work to which roles are limited.
    pub fields: Vec<role_grant_field::Model>,
}

impl Writer<'_> {
    /// Members of the acting authority, for the operator alone.
    ///
    /// # Errors
    /// Somebody else asks, which is a mistake of the program; the database fails.
    #[expect(clippy::disallowed_methods, reason = "the operator has no scopes, and reads one authority")]
    pub async fn member_rows(&self) -> ApiResult<MemberRows> {
        if !self.grant().any_scope() {
            return Err(ApiError::fault("members were read without scopes by somebody else than the operator"));
        }
        let tenant = self.tenant();
        let members = member::Entity::find()
            .filter(member::Column::TenantId.eq(tenant))
            .order_by_asc(member::Column::Name)
            .order_by_asc(member::Column::Id);
        let persons = Query::select()
            .column(member::Column::PersonId)
            .from(member::Entity)
            .and_where(member::Column::TenantId.eq(tenant))
            .to_owned();
        let accounts = person::Entity::find().filter(person::Column::Id.in_subquery(persons));
        let grants = role_grant::Entity::find()
            .filter(role_grant::Column::TenantId.eq(tenant))
            .order_by_asc(role_grant::Column::Id);
        let fields = role_grant_field::Entity::find()
            .filter(role_grant_field::Column::TenantId.eq(tenant))
            .order_by_asc(role_grant_field::Column::FieldOfWorkId);
        Ok(MemberRows {
            members: members.all(self.conn()).await.or_fault()?,
            accounts: accounts.all(self.conn()).await.or_fault()?,
            grants: grants.all(self.conn()).await.or_fault()?,
            fields: fields.all(self.conn()).await.or_fault()?,
        })
    }
}
