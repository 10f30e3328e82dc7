//! Rules of what an authority records of a member: name and e-mail address.

use entities::member;
use kernel::error::{ApiResult, Problems};
use serde_json::Value;
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::UnitOfWork;
use crate::rights::{self, Operation};
use crate::values::values;

values! {
    /// Values of a member that its authority sets.
    MemberValues, MemberPatch of member;
    columns {
        /// Name within the authority.
        name: String = name, line(200);
        /// Work e-mail address.
        email: Option<String> = email, email_address(320);
    }
    others(row) {}
}

/// Changes a member.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: MemberPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "memberUpdate").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<member::Entity>(session, id, Operation::Update, "id").await?;
    let mut values = patch.applied(&MemberValues::of(&before));
    let mut problems = Problems::default();
    values.tidy(&mut problems)?;
    problems.done()?;
    let mut row = (*before).clone();
    values.put(&mut row);
    let writer = session.writer(&grant).await?;
    save_row(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("member.updated", Some(&before))).await?;
    mutation.commit(recorded).await
}

impl Audited for member::Model {
    const TYPE: &'static str = "Member";

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        Value::Object(MemberValues::of(self).snapshot())
    }
}
