//! Scopes: equal audiences are one scope, made when first needed.
//!
//! The id of a scope is made from its definition, so that finding it takes no statement. Scopes are never deleted or
//! changed; what is shared moves rows from one to another.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::NaiveDate;
use entities::{
    Area, Confidentiality, PUBLIC_SCOPE, RoleKey, ScopeArea, ShareLevel, calendar, scope, scope_share, share,
};
use kernel::error::ApiResult;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, Insert, QueryFilter, Set};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::fault::OrFault as _;
use crate::writer::{Writer, add_scopes};

/// Share of a scope across the tenant boundary, by value: equal shares are the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScopeShare {
    /// The agreement it lives by.
    pub agreement: Uuid,
    /// One party only.
    pub grantee: Option<Uuid>,
    /// Only members with this role there.
    pub role: Option<RoleKey>,
    /// How much is seen.
    pub level: ShareLevel,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

impl ScopeShare {
    /// The whole agreement, to all its parties, without end: how an agreement shows itself.
    pub const fn to_parties(agreement: Uuid) -> Self {
        Self { agreement, grantee: None, role: None, level: ShareLevel::Full, from: None, until: None }
    }
}

impl From<&share::Model> for ScopeShare {
    fn from(share: &share::Model) -> Self {
        Self {
            agreement: share.agreement_id,
            grantee: share.grantee_tenant_id,
            role: share.grantee_role,
            level: share.level,
            from: share.valid_from,
            until: share.valid_until,
        }
    }
}

/// Who may see rows, as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Public,
    /// The owner, and partners by the shares.
    Owned {
        /// The owner.
        tenant: Uuid,
        /// What the rows are about.
        area: ScopeArea,
        /// Field of work of the rows.
        field: Option<Uuid>,
        /// Shares with partners; none = nobody else.
        scope_shares: BTreeSet<ScopeShare>,
    },
}

impl Audience {
    /// The owner alone.
    pub const fn private(tenant: Uuid, area: ScopeArea, field: Option<Uuid>) -> Self {
        Self::Owned { tenant, area, field, scope_shares: BTreeSet::new() }
    }

    /// As far as `confidentiality` lets the `scope_shares` reach.
    pub fn new(
        tenant: Uuid,
        area: ScopeArea,
        field: Option<Uuid>,
        confidentiality: Confidentiality,
        scope_shares: &BTreeSet<ScopeShare>,
    ) -> Self {
        match confidentiality {
            Confidentiality::Public => Self::Public,
            Confidentiality::Internal => Self::private(tenant, area, field),
            Confidentiality::Partner => Self::Owned { tenant, area, field, scope_shares: scope_shares.clone() },
        }
    }

    /// The definition in words; equal audiences have equal words.
    fn definition(&self) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::Owned { tenant, area, field, scope_shares } => {
                let mut words = format!("{tenant}/{}/{}", area.as_str(), field.unwrap_or_default());
                for scope_share in scope_shares {
                    let _ = write!(
                        words,
                        "/{}>{}:{}={} {:?}-{:?}",
                        scope_share.agreement,
                        scope_share.grantee.unwrap_or_default(),
                        scope_share.role.map_or("", RoleKey::as_str),
                        scope_share.level.as_str(),
                        scope_share.from,
                        scope_share.until
                    );
                }
                words
            }
        }
    }

    /// The id of the scope with this definition.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Public => PUBLIC_SCOPE,
            Self::Owned { .. } => named(&self.definition()),
        }
    }
}

/// An id made from words (UUIDv8 of a SHA-256).
fn named(words: &str) -> Uuid {
    let digest = Sha256::digest(words.as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The id of a share that a scope carries. Its text is that under which ids were made from the start: databases hold them.
pub fn scope_share_id(scope: Uuid, scope_share: &ScopeShare) -> Uuid {
    let ScopeShare { agreement, grantee, role, level, from, until } = scope_share;
    let text = format!(
        "Way {{ agreement: {agreement:?}, grantee: {grantee:?}, role: {role:?}, level: {level:?}, from: {from:?}, \
         until: {until:?} }}"
    );
    named(&format!("{scope}/{text}"))
}

/// The scope with the same definition for another field of work: its id, and its definition. None where the words are no
/// definition with a field.
pub fn with_field(definition: &str, field: Uuid) -> Option<(Uuid, String)> {
    let mut words: Vec<_> = definition.splitn(4, '/').map(str::to_owned).collect();
    words.get(2)?.parse::<Uuid>().ok()?;
    *words.get_mut(2)? = field.to_string();
    let definition = words.join("/");
    Some((named(&definition), definition))
}

/// The scope of an audience; made if it is not there yet, and visible to the rest of the transaction.
pub async fn ensure(writer: &Writer<'_>, audience: &Audience) -> ApiResult<Uuid> {
    let id = audience.id();
    let Audience::Owned { tenant, area, field, scope_shares } = audience else { return Ok(id) };
    if writer.access().visibility(id).is_some() {
        return Ok(id);
    }
    let confidentiality = if scope_shares.is_empty() { Confidentiality::Internal } else { Confidentiality::Partner };
    Insert::one(scope::ActiveModel {
        id: Set(id),
        tenant_id: Set(Some(*tenant)),
        area: Set(*area),
        field_of_work_id: Set(*field),
        confidentiality: Set(confidentiality),
        definition: Set(audience.definition()),
        created_at: Set(writer.now()),
    })
    .on_conflict(OnConflict::new().do_nothing().to_owned())
    .exec_without_returning(writer.conn())
    .await
    .or_fault()?;
    let rows = scope_shares.iter().map(|scope_share| scope_share::ActiveModel {
        id: Set(scope_share_id(id, scope_share)),
        tenant_id: Set(*tenant),
        scope_id: Set(id),
        agreement_id: Set(scope_share.agreement),
        grantee_tenant_id: Set(scope_share.grantee),
        grantee_role: Set(scope_share.role),
        level: Set(scope_share.level),
        valid_from: Set(scope_share.from),
        valid_until: Set(scope_share.until),
    });
    if !scope_shares.is_empty() {
        Insert::many(rows)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(writer.conn())
            .await
            .or_fault()?;
    }
    add_scopes(writer.conn(), &[id]).await?;
    Ok(id)
}

/// The shares of the acting authority in an area that have not been taken back. Read whatever the actor may see of
/// them: they decide into which scope it writes.
#[expect(clippy::disallowed_methods, reason = "machinery of access: own rows of the acting authority")]
pub async fn own_shares(writer: &Writer<'_>, area: Area) -> ApiResult<Vec<share::Model>> {
    share::Entity::find()
        .filter(share::Column::TenantId.eq(writer.tenant()))
        .filter(share::Column::Area.eq(area))
        .filter(share::Column::EndedAt.is_null())
        .all(writer.conn())
        .await
        .or_fault()
}

/// The shares that the scopes of the acting authority carry.
#[expect(clippy::disallowed_methods, reason = "machinery of access: own rows of the acting authority")]
pub async fn own_scope_shares(writer: &Writer<'_>) -> ApiResult<Vec<scope_share::Model>> {
    scope_share::Entity::find()
        .filter(scope_share::Column::TenantId.eq(writer.tenant()))
        .all(writer.conn())
        .await
        .or_fault()
}

/// The scope shares by which `shares` open a calendar.
pub fn scope_shares_of(shares: &[share::Model], calendar: &calendar::Model) -> BTreeSet<ScopeShare> {
    shares.iter().filter(|it| selects(it, calendar)).map(ScopeShare::from).collect()
}

/// Whether a share of the owner's means this calendar.
pub fn selects(share: &share::Model, calendar: &calendar::Model) -> bool {
    match (share.calendar_id, share.field_of_work_id) {
        (Some(id), _) => id == calendar.id,
        (None, Some(field)) => calendar.field_of_work_id == Some(field),
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digests were taken of the texts by another program.
    #[test]
    fn ids_of_scope_shares_stay_those_of_older_databases() {
        let (scope, agreement, grantee) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let to_parties = ScopeShare::to_parties(agreement);
        assert_eq!(scope_share_id(scope, &to_parties).to_string(), "32bc16e9-5764-8d76-b64f-fb2cdf74aac8");
        let narrowed = ScopeShare {
            agreement,
            grantee: Some(grantee),
            role: Some(RoleKey::Planner),
            level: ShareLevel::Summary,
            from: NaiveDate::from_ymd_opt(2026, 1, 1),
            until: None,
        };
        assert_eq!(scope_share_id(scope, &narrowed).to_string(), "ef9f7dd2-461e-8a5b-9f77-fcf9356e28fb");
    }
}
