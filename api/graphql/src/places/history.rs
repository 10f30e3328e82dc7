//! What was changed of places, organisations and offers, by whom and when. The owner's own people see it; partners and
//! the public do not, whatever they see of the object.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::context::references::field_with_global_ids;
use entities::directory_revision;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::{NodeType, parse};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::Value;
use store::{Order, PageRequest, SortValue, page_cost};

use crate::connection::{Paged, list};
use crate::context::ContextExt;
use crate::places::enums::DirectorySubject;
use crate::scalars::JsonValue;

/// Change of one field.
#[derive(SimpleObject)]
pub struct FieldChange {
    /// Name of the field, as in the schema.
    field: String,
    /// Previous value; null = none.
    before: Option<JsonValue>,
    /// New value; null = none.
    after: Option<JsonValue>,
}

/// A change of a place, an organisation or an offer.
pub struct DirectoryRevision(Arc<directory_revision::Model>);

/// Change of a learning place, an organisation or an education offer.
#[Object]
impl DirectoryRevision {
    /// Kind of the changed object.
    async fn subject(&self) -> DirectorySubject {
        self.0.subject.into()
    }

    /// Name of the mutation.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// Version of the object after the change.
    async fn version(&self) -> i32 {
        self.0.object_version
    }

    /// Name of the person who made the change, as used by the authority.
    async fn changed_by(&self) -> &str {
        &self.0.changed_by
    }

    /// Instant of the change.
    async fn changed_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Changed fields, by name.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn changes(&self) -> Vec<FieldChange> {
        let node = match self.0.subject {
            entities::DirectorySubject::LearningPlace => NodeType::LearningPlace,
            entities::DirectorySubject::Organisation => NodeType::Organisation,
            entities::DirectorySubject::EducationOffer => NodeType::EducationOffer,
        };
        let value = |field: &str, it: &Value, name| {
            let value = it.get(name).filter(|it| !it.is_null())?;
            Some(JsonValue(field_with_global_ids(Some(node), field, value)))
        };
        let fields = self.0.changes.as_object().into_iter().flatten();
        fields
            .map(|(field, it)| FieldChange {
                field: field.clone(),
                before: value(field, it, "before"),
                after: value(field, it, "after"),
            })
            .collect()
    }
}

/// See the module.
#[derive(Default)]
pub struct HistoryQuery;

#[Object]
impl HistoryQuery {
    /// Lists changes of a learning place, an organisation or an education offer, newest first. Empty without
    /// `PLACES_READ` in the authority that keeps the object.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn directory_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Learning place, organisation or education offer.")] of: ID,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<DirectoryRevision>> {
        use directory_revision::Column as C;
        let request = PageRequest::new(first, after, last, before, &format!("history {of:?}"))?;
        let Some((NodeType::LearningPlace | NodeType::Organisation | NodeType::EducationOffer, id)) = parse(&of) else {
            let text = Text::new("no-directory-id").with("value", of.chars().take(40).collect::<String>());
            return Err(Problem::at(UserErrorCode::Invalid, "of", text).into());
        };
        let session = ctx.session().await?;
        let select = session.select::<directory_revision::Entity>().filter(C::ObjectId.eq(id));
        let order = Order {
            column: C::CreatedAt,
            id: C::Id,
            descending: true,
            nullable: false,
            key: |row: &directory_revision::Model| (SortValue::Instant(row.created_at), row.id),
        };
        list(ctx, &request, select, &order, |row| DirectoryRevision(Arc::new(row))).await
    }
}
